/** How a share is shown as a percentage, so that the number seen never contradicts the judgement of the true value. */

import { thousandths } from "./quantities.ts";

export const NO_VALUE = "/";

/**
 * The percentage of numerator in denominator, rounded half up, but truncated if rounding would reach a line.
 *
 * Shape:  "/" for an empty denominator: no data is neither 0 % nor 100 %.
 * Units:  `lines` (100, grade bands, targets) in percent; `decimals` is 0 or 1.
 * Raises: RangeError for a negative numerator or denominator.
 * Source: docs/checklist-format.md, "Scores"; tests/vectors/forms/percentages.json; also forms/percentages.py.
 */
export function displayPercentage(
  numerator: bigint | number,
  denominator: bigint | number,
  lines: readonly number[] = [100],
  decimals: 0 | 1 = 1,
): string {
  if (numerator < 0 || denominator < 0) throw new RangeError("a share is not negative");
  if (BigInt(denominator) === 0n) return NO_VALUE;
  return percentageText(BigInt(numerator), BigInt(denominator), lines.map(thousandths), decimals);
}

/** As displayPercentage, for a denominator that is not 0 and `lines` in thousandths of a percent point. */
export function percentageText(
  numerator: bigint,
  denominator: bigint,
  lines: readonly number[],
  decimals: 0 | 1,
): string {
  const scale = decimals === 1 ? 10n : 1n;
  const scaled = numerator * 100n * scale;
  let shown = scaled / denominator;
  const crosses = lines.some(
    (line) => numerator * 100_000n < BigInt(line) * denominator && BigInt(line) * scale <= (shown + 1n) * 1000n,
  );
  if (2n * (scaled % denominator) >= denominator && !crosses) shown += 1n;
  return decimals === 0 ? String(shown) : `${shown / scale}.${shown % scale}`;
}

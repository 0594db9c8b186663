/**
 * Exact decimals: points, limits and measured values are whole numbers of thousandths, in both languages.
 *
 * Three decimals are the most that the format allows, so thousandths lose nothing and compare exactly.
 */

import type { DesignComparison } from "../vocabulary/codes.ts";

// A quarter of a thousandth is still exact in a number up to here.
export const LARGEST = 1e15;

// Nine digits before the point keep every thousandth below 2**53, so that a number holds it exactly.
const DECIMAL_TEXT = /^-?(?:0|[1-9][0-9]{0,8})(?:\.([0-9]{1,3}))?$/;
const STEP_BY_DECIMALS = [1000, 100, 10, 1];

/** A number of a checklist file in thousandths; the format guarantees at most three decimals. */
export function thousandths(number: number): number {
  return Math.round(number * 1000);
}

/** The value of a decimal string of an answer ("1.20") in thousandths, or null if it is not one. */
export function findThousandths(text: unknown): number | null {
  if (typeof text !== "string") return null;
  const match = DECIMAL_TEXT.exec(text);
  if (match === null) return null;
  return Number(text.replace(".", "")) * (STEP_BY_DECIMALS[match[1]?.length ?? 0] ?? 1);
}

/**
 * A measured value beside its design value: `percent` of it, `quotient` by it, or `difference` from it.
 *
 * Shape:  whole thousandths; a half stands for any value between two thousandths, so that `compileBounds` judges the exact
 *         value and nothing is rounded over a limit.
 */
export function compared(comparison: DesignComparison, measured: number, design: number): number {
  if (comparison === "difference") return measured - design;
  const scaled = BigInt(measured) * (comparison === "percent" ? 100_000n : 1000n);
  const divisor = BigInt(design);
  const rest = ((scaled % divisor) + divisor) % divisor;
  const shown = Number((scaled - rest) / divisor) + (rest === 0n ? 0 : 0.5);
  return Math.max(-LARGEST, Math.min(LARGEST, shown));
}

/** How many digits stand after the point of a decimal string. */
export function decimalPlaces(text: string): number {
  const point = text.indexOf(".");
  return point < 0 ? 0 : text.length - point - 1;
}

/** Thousandths as the shortest decimal string: 27000 is "27", 2500 is "2.5". */
export function decimalText(valueThousandths: number): string {
  const size = Math.abs(valueThousandths);
  const rest = size % 1000;
  const whole = `${valueThousandths < 0 ? "-" : ""}${(size - rest) / 1000}`;
  return rest === 0 ? whole : `${whole}.${String(rest).padStart(3, "0")}`.replace(/0+$/, "");
}

/** The legal limit of a measured value in short, the one that applies with the answers given so far. */
import type { LimitDocument, NumberDocument } from "../../../forms/format.ts";
import { applicableLimit, unitOf } from "../../../forms/limits.ts";
import type { Reading } from "../../../forms/reading.ts";

const SIGNS = [["at_least", "≥"], ["above", ">"], ["at_most", "≤"], ["below", "<"]] as const;

/** "< 1.0 %", "≥ 0.25, ≤ 4 m/s"; empty when no limit applies. */
export function limitWords(number: NumberDocument, reading: Reading | null, path: string, comma: string): string {
  const limit: LimitDocument | null = reading === null ? (number.limits.find((each) => each.when === undefined) ?? null) : applicableLimit(reading, path);
  if (!limit) return "";
  const bounds = SIGNS.flatMap(([key, sign]) => (limit[key] === undefined ? [] : [`${sign} ${decimal(limit[key], number)}`]));
  return bounds.length === 0 ? "" : `${bounds.join(comma)} ${unitOf(number)}`;
}

/** With the decimals of the instrument, so that 1 reads as 1.0 where tenths are measured; never fewer than the limit has. */
function decimal(value: number, { decimals, design }: NumberDocument): string {
  const own = String(value);
  const shown = value.toFixed(design === undefined ? Math.min(decimals, 1) : 0);
  return Number(shown) === value ? shown : own;
}

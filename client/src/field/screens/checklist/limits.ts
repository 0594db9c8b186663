/** The legal limit of a measured value in short, the one that applies with the answers given so far. */
import type { LimitDocument, NumberDocument } from "../../../forms/format.ts";
import { applicableLimit, figure, unitOf } from "../../../forms/limits.ts";
import type { Reading } from "../../../forms/reading.ts";

const SIGNS = [["at_least", "≥"], ["above", ">"], ["at_most", "≤"], ["below", "<"]] as const;

/** "< 1.0 %", "≥ 0.25, ≤ 4 m/s"; empty when no limit applies. */
export function limitWords(number: NumberDocument, reading: Reading | null, path: string, comma: string): string {
  const limit: LimitDocument | null = reading === null ? (number.limits.find((each) => each.when === undefined) ?? null) : applicableLimit(reading, path);
  if (!limit) return "";
  const bounds = SIGNS.flatMap(([key, sign]) => (limit[key] === undefined ? [] : [`${sign} ${figure(limit[key], number)}`]));
  return bounds.length === 0 ? "" : `${bounds.join(comma)} ${unitOf(number)}`;
}

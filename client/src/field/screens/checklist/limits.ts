/** The legal limit of a measured value in words, the one that applies with the answers given so far. */
import type { BoundsDocument, NumberDocument } from "../../../forms/format.ts";
import { pathOf } from "../../../forms/reading.ts";
import type { Reading } from "../../../forms/reading.ts";

const SIGNS = [["at_least", "≥"], ["above", ">"], ["at_most", "≤"], ["below", "<"]] as const;

/** "< 1.0 %", "≥ 0.25, ≤ 4 m/s"; empty when no limit applies. */
export function limitWords(number: NumberDocument, reading: Reading | null, path: string, comma: string): string {
  const limit = applicableLimit(number, reading, path);
  if (!limit) return "";
  const bounds = SIGNS.flatMap(([key, sign]) => (limit[key] === undefined ? [] : [`${sign} ${decimal(limit[key], number)}`]));
  return bounds.length === 0 ? "" : `${bounds.join(comma)} ${number.unit}`;
}

function applicableLimit(number: NumberDocument, reading: Reading | null, path: string): BoundsDocument | null {
  if (reading === null) return number.limits.find((limit) => limit.when === undefined) ?? null;
  for (const part of reading.parts) {
    const item = part.section.items.find((each) => pathOf(part, each) === path);
    if (!item) continue;
    if (part.instance !== null) reading.enter(part);
    const index = item.limits.findIndex((limit) => limit.when === null || limit.when.test(reading));
    if (part.instance !== null) reading.leave(part.section);
    return number.limits[index] ?? null;
  }
  return null;
}

/** With the decimals of the instrument, so that 1 reads as 1.0 where tenths are measured; never fewer than the limit has. */
function decimal(value: number, { decimals }: NumberDocument): string {
  const own = String(value);
  const shown = value.toFixed(Math.min(decimals, 1));
  return Number(shown) === value ? shown : own;
}

/** The legal limit of a measured value: which one applies with the answers given, and how it and the value read in words. */
import { DesignComparison } from "../vocabulary/codes.ts";
import type { AnswerDocument, BoundsDocument, LimitDocument, NumberDocument, Text } from "./format.ts";
import { compared, decimalText, findThousandths, thousandths } from "./quantities.ts";
import { pathOf } from "./reading.ts";
import type { Reading } from "./reading.ts";

const UPPER = ["at_most", "below"] as const;
const LOWER = ["at_least", "above"] as const;
const SMALL = 10;
// The words around it name the gas already.
const GAS = /^%(?:CH4|CO2|CO|O2)$/;

/** The first limit of the number at a path whose condition holds; null if none applies. */
export function applicableLimit(reading: Reading, path: string): LimitDocument | null {
  for (const part of reading.parts) {
    const item = part.section.items.find((each) => pathOf(part, each) === path);
    if (!item) continue;
    if (part.instance !== null) reading.enter(part);
    const index = item.limits.findIndex((limit) => limit.when === null || limit.when.test(reading));
    if (part.instance !== null) reading.leave(part.section);
    return item.document.number?.limits[index] ?? null;
  }
  return null;
}

/** What the value should keep: "限值1.0%", "应不小于1.2 m"; null where no limit applies. */
export function limitWords(number: NumberDocument, limit: BoundsDocument | null): Text | null {
  if (limit === null) return null;
  const unit = unitOf(number);
  const upper = first(limit, UPPER);
  const lower = first(limit, LOWER);
  if (upper !== undefined && lower !== undefined) {
    const [low, high] = [figure(lower, number), withUnit(figure(upper, number), unit)];
    return { zh: `应为${low}～${high.zh}`, en: `must be ${low} to ${high.en}` };
  }
  if (upper !== undefined) {
    const shown = withUnit(figure(upper, number), unit);
    return { zh: `限值${shown.zh}`, en: `limit ${shown.en}` };
  }
  if (lower === undefined) return null;
  const shown = withUnit(figure(lower, number), unit);
  const isStrict = limit.above !== undefined;
  return { zh: `应${isStrict ? "大于" : "不小于"}${shown.zh}`, en: `must be ${isStrict ? "more than" : "at least"} ${shown.en}` };
}

const COMPARED: Readonly<Record<DesignComparison, Text>> = {
  percent: { zh: "为其", en: "which is" },
  difference: { zh: "相差", en: "a difference of" },
  quotient: { zh: "合", en: "which makes" },
};

/** What was measured: "1.20%"; with its design value also that and what the two come to. Null without a reading. */
export function valueWords(number: NumberDocument, answer: AnswerDocument, limit: BoundsDocument | null): Text | null {
  const { value: measured, design: planned } = answer;
  const reading = findThousandths(measured);
  if (reading === null) return null;
  const shown = withUnit(String(measured), plain(number.unit));
  const { design } = number;
  const other = findThousandths(planned);
  if (design === undefined || other === null) return shown;
  const beside = withUnit(String(planned), plain(design.unit ?? number.unit));
  const result = withUnit(rounded(compared(design.comparison, reading, other), limit ?? {}), unitOf(number));
  const words = COMPARED[design.comparison];
  return {
    zh: `实测${shown.zh}，${design.label.zh}${beside.zh}，${words.zh}${result.zh}`,
    en: `measured ${shown.en}, ${lowered(design.label.en)} ${beside.en}, ${words.en} ${result.en}`,
  };
}

/** The unit of what a limit is about: of the number, or of what it comes to beside its design value. */
export function unitOf({ unit, design }: NumberDocument): string {
  if (design === undefined || design.comparison === DesignComparison.difference) return plain(unit);
  return design.comparison === DesignComparison.percent ? "%" : (design.result_unit ?? `${unit}/${design.unit ?? unit}`);
}

function first(limit: BoundsDocument, keys: readonly (keyof BoundsDocument)[]): number | undefined {
  return keys.map((key) => limit[key]).find((value) => value !== undefined);
}

function plain(unit: string): string {
  return GAS.test(unit) ? "%" : unit;
}

/** Percent, degrees and Chinese units stand close in Chinese; a space stands before the others. */
function withUnit(shown: string, unit: string): Text {
  const isClose = unit === "" || unit.startsWith("%") || unit.charCodeAt(0) > 127;
  return { zh: isClose ? `${shown}${unit}` : `${shown} ${unit}`, en: `${shown} ${unit}`.trim() };
}

/** As it stands in the checklist, but for small figures 1.0 and not 1 where tenths are measured. */
export function figure(value: number, { decimals, design }: NumberDocument): string {
  const own = decimalText(thousandths(value));
  return decimals > 0 && design === undefined && Math.abs(value) < SMALL && !own.includes(".") ? `${own}.0` : own;
}

/** One decimal, unless that would show a figure on the other side of the limit or on it; then all three. */
function rounded(value: number, limit: BoundsDocument): string {
  const toStep = (step: number): number => Math.sign(value) * Math.floor((Math.abs(value) + step / 2) / step) * step;
  const edges = [...UPPER, ...LOWER].flatMap((key) => (limit[key] === undefined ? [] : [thousandths(limit[key])]));
  const tenths = toStep(100);
  const crosses = edges.some((edge) => (tenths <= edge && edge < value) || (value < edge && edge <= tenths));
  return decimalText(crosses ? toStep(1) : tenths);
}

function lowered(label: string): string {
  return label.charAt(0).toLowerCase() + label.slice(1);
}

/** One answer to one item: whether it fits the item, and what it says. The whole document is in reading.ts. */

import type { FaultCode } from "../vocabulary/codes.ts";
import type { Answer, Item } from "./checklist.ts";
import type { State } from "./conditions.ts";
import { compared, decimalPlaces, decimalText, findThousandths } from "./quantities.ts";

export const REMARK_MAXIMUM = 1000;
export const REASON_MAXIMUM = 500;
export const OCCURRENCES_MAXIMUM = 999;
// Evidence photos on an item that does not ask for photos; a photo item says its own number.
export const PHOTOS_MAXIMUM = 30;
export const HAZARDS_MAXIMUM = 20;

const RESULTS = new Set<unknown>(["pass", "fail", "partial", "not_applicable", "unchecked"]);
// Not String.trim(): Python and JavaScript disagree on what white space is.
const BLANK_EDGES = /^[ \t\r\n\u00a0\u3000]+|[ \t\r\n\u00a0\u3000]+$/g;
const UUID = /^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/;
const LONG_DECIMAL = /^-?(?:0|[1-9][0-9]{0,8})\.[0-9]{4,}$/;

/** One thing wrong with an answers document: JSON pointer into it, stable code, and what its message needs. */
export interface Fault {
  readonly pointer: string;
  readonly code: FaultCode;
  readonly params: Readonly<Record<string, string | number>>;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export const UNCHECKED: Answer = { result: "unchecked", value: null, earned: 0 };
const NOT_APPLICABLE: Answer = { result: "not_applicable", value: null, earned: 0 };

/**
 * Everything that keeps an answer from fitting its item.
 *
 * Source: docs/checklist-format.md, "Answers"; tests/vectors/forms/faults.json; also forms/answers.py.
 */
export function findAnswerFaults(item: Item, answer: unknown, pointer: string): Fault[] {
  if (!isObject(answer)) return [wrongType(pointer, "object")];
  const faults: Fault[] = [];
  for (const [key, value] of Object.entries(answer)) {
    if (key === "photos") faults.push(...idListFaults(value, `${pointer}/photos`, PHOTOS_MAXIMUM));
    else if (key === "hazards") faults.push(...idListFaults(value, `${pointer}/hazards`, HAZARDS_MAXIMUM));
    else if (key === "reason") faults.push(...textFaults(value, `${pointer}/reason`, REASON_MAXIMUM));
    else if (key === "remark") faults.push(...textFaults(value, `${pointer}/remark`, REMARK_MAXIMUM));
    else if (key === "result") faults.push(...resultFaults(item, answer, pointer));
    else if (key === "occurrences") faults.push(...occurrencesFaults(item, answer, `${pointer}/occurrences`));
    else if (key === "value") faults.push(...valueFaults(item, answer, `${pointer}/value`));
    else if (key === "design") faults.push(...designFaults(item, answer, `${pointer}/design`));
    else faults.push(fault(`${pointer}/${escaped(key)}`, "unknown-key"));
  }
  const result = own(answer, "result");
  if (result === "partial" && item.deduction !== null && !Object.hasOwn(answer, "occurrences")) {
    faults.push(fault(`${pointer}/occurrences`, "occurrences-missing"));
  }
  if (result === "not_applicable" && item.mayBeNotApplicable && !Object.hasOwn(answer, "reason")) {
    faults.push(fault(`${pointer}/reason`, "reason-missing"));
  }
  if (item.kind === "photo" && !isWithoutValue(result)) {
    faults.push(...photoCountFaults(item, own(answer, "photos"), `${pointer}/photos`));
  }
  return faults;
}

/** What an answer without faults says; limits of numbers are judged against the answers read so far. */
export function readAnswer(item: Item, answer: JsonObject, state: State): Answer {
  const result = own(answer, "result");
  if (result === "unchecked") return UNCHECKED;
  if (result === "not_applicable") return NOT_APPLICABLE;
  if (item.kind === "judgement") return readJudgement(item, result, answer);
  if (item.kind === "photo") {
    const photos = own(answer, "photos");
    return Array.isArray(photos) && photos.length > 0 ? passed(item) : UNCHECKED;
  }
  const value = own(answer, "value");
  if (value === undefined) return UNCHECKED;
  if (item.kind === "number") return readNumber(item, findThousandths(value) ?? 0, own(answer, "design"), state);
  if (item.kind === "choice") return item.options.get(value as string) ?? UNCHECKED;
  if (item.kind === "facts") {
    const facts = value as readonly string[];
    return facts.length > 0 ? { result: "fail", value: facts, earned: 0 } : { ...passed(item), value: facts };
  }
  return trimmed(value as string) === "" ? UNCHECKED : passed(item);
}

function readNumber(item: Item, measured: number, design: unknown, state: State): Answer {
  if (item.design === null) return judgeNumber(item, measured, state);
  // A reading whose design value nobody knows yet can be typed; it says nothing until then.
  const planned = findThousandths(design);
  return planned === null ? UNCHECKED : judgeNumber(item, compared(item.design.comparison, measured, planned), state);
}

/** A value in thousandths judged by the first limit that applies; without one it passes. */
function judgeNumber(item: Item, value: number, state: State): Answer {
  const limit = item.limits.find((candidate) => candidate.when === null || candidate.when.test(state));
  const keeps = limit === undefined || limit.keeps(value);
  return { result: keeps ? "pass" : "fail", value, earned: keeps ? item.points : 0 };
}

function designFaults(item: Item, answer: JsonObject, pointer: string): Fault[] {
  const { design } = item;
  if (design === null || isWithoutValue(own(answer, "result"))) return [fault(pointer, "design-not-allowed")];
  return numberFaults(own(answer, "design"), pointer, design.decimals, design.minimum, design.maximum);
}

/** Faults of a decimal string; the range is in thousandths. */
export function numberFaults(
  value: unknown,
  pointer: string,
  decimals: number,
  minimum: number | null,
  maximum: number | null,
): Fault[] {
  const number = findThousandths(value);
  if (number === null) {
    if (typeof value === "string" && LONG_DECIMAL.test(value)) {
      return [fault(pointer, "too-many-decimals", { maximum: decimals })];
    }
    return [wrongType(pointer, "decimal")];
  }
  if (decimalPlaces(value as string) > decimals) return [fault(pointer, "too-many-decimals", { maximum: decimals })];
  if (minimum !== null && number < minimum) return [fault(pointer, "below-minimum", { minimum: decimalText(minimum) })];
  if (maximum !== null && number > maximum) return [fault(pointer, "above-maximum", { maximum: decimalText(maximum) })];
  return [];
}

/** Faults of a value that must be one of the options. */
export function optionFaults(value: unknown, options: { has(value: string): boolean }, pointer: string): Fault[] {
  if (typeof value !== "string") return [wrongType(pointer, "string")];
  return options.has(value) ? [] : [fault(pointer, "not-an-option")];
}

/** Faults of a free text; a character outside the basic plane counts once. */
export function textFaults(value: unknown, pointer: string, maximum: number): Fault[] {
  if (typeof value !== "string") return [wrongType(pointer, "string")];
  if (value.length <= maximum || [...value].length <= maximum) return [];
  return [fault(pointer, "too-long", { maximum })];
}

/** A text without the blanks at its ends. */
export function trimmed(text: string): string {
  return text.replace(BLANK_EDGES, "");
}

/** A key as a step of a JSON pointer. */
export function escaped(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** The own property of a JSON object; never something inherited, whatever an item may be called. */
export function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function fault(pointer: string, code: FaultCode, params: Fault["params"] = {}): Fault {
  return { pointer, code, params };
}

export function wrongType(pointer: string, wanted: string): Fault {
  return fault(pointer, "wrong-type", { wanted });
}

function passed(item: Item): Answer {
  return { result: "pass", value: null, earned: item.points };
}

function isWithoutValue(result: unknown): boolean {
  return result === "not_applicable" || result === "unchecked";
}

function readJudgement(item: Item, result: unknown, answer: JsonObject): Answer {
  if (result === "pass") return passed(item);
  if (result === "fail") return { result, value: null, earned: 0 };
  if (result !== "partial") return UNCHECKED;
  const deducted = Number(own(answer, "occurrences")) * (item.deduction ?? 0);
  return { result, value: null, earned: Math.max(0, item.points - deducted) };
}

function resultFaults(item: Item, answer: JsonObject, pointer: string): Fault[] {
  const result = own(answer, "result");
  if (typeof result !== "string") return [wrongType(`${pointer}/result`, "string")];
  if (!RESULTS.has(result)) return [fault(`${pointer}/result`, "not-an-option")];
  const allowed =
    result === "unchecked" ||
    (result === "not_applicable" && item.mayBeNotApplicable) ||
    (item.kind === "judgement" &&
      (result === "pass" || result === "fail" || (result === "partial" && item.deduction !== null)));
  if (!allowed) return [fault(`${pointer}/result`, "result-not-allowed", { result })];
  const reason = own(answer, "reason");
  if (result === "not_applicable" && typeof reason === "string" && trimmed(reason) === "") {
    return [fault(`${pointer}/reason`, "reason-missing")];
  }
  return [];
}

function occurrencesFaults(item: Item, answer: JsonObject, pointer: string): Fault[] {
  if (item.kind !== "judgement" || own(answer, "result") !== "partial") {
    return [fault(pointer, "occurrences-not-allowed")];
  }
  const count = own(answer, "occurrences");
  if (typeof count !== "number" || !Number.isInteger(count)) return [wrongType(pointer, "integer")];
  if (count < 1) return [fault(pointer, "below-minimum", { minimum: "1" })];
  if (count > OCCURRENCES_MAXIMUM) return [fault(pointer, "above-maximum", { maximum: String(OCCURRENCES_MAXIMUM) })];
  return [];
}

function valueFaults(item: Item, answer: JsonObject, pointer: string): Fault[] {
  const value = own(answer, "value");
  if (item.kind === "judgement" || item.kind === "photo" || isWithoutValue(own(answer, "result"))) {
    return [fault(pointer, "value-not-allowed")];
  }
  if (item.kind === "number") return numberFaults(value, pointer, item.decimals, item.minimum, item.maximum);
  if (item.kind === "choice") return optionFaults(value, item.options, pointer);
  if (item.kind === "text") return textFaults(value, pointer, item.textMaximum);
  if (!Array.isArray(value)) return [wrongType(pointer, "array")];
  if (value.length > item.facts.size) return [fault(pointer, "too-many-values", { maximum: item.facts.size })];
  return value.flatMap((entry: unknown, index) => [
    ...optionFaults(entry, item.facts, `${pointer}/${index}`),
    ...(typeof entry === "string" && value.indexOf(entry) < index
      ? [fault(`${pointer}/${index}`, "duplicate-value")]
      : []),
  ]);
}

function photoCountFaults(item: Item, photos: unknown, pointer: string): Fault[] {
  if (!Array.isArray(photos)) return [];
  if (photos.length < item.photosMinimum) return [fault(pointer, "too-few-photos", { minimum: item.photosMinimum })];
  if (photos.length > item.photosMaximum) return [fault(pointer, "too-many-photos", { maximum: item.photosMaximum })];
  return [];
}

function idListFaults(value: unknown, pointer: string, maximum: number): Fault[] {
  if (!Array.isArray(value)) return [wrongType(pointer, "array")];
  if (value.length > maximum) return [fault(pointer, "too-many-values", { maximum })];
  return value.flatMap((entry: unknown, index) => {
    if (typeof entry !== "string" || !UUID.test(entry)) return [fault(`${pointer}/${index}`, "not-a-uuid")];
    return value.indexOf(entry) < index ? [fault(`${pointer}/${index}`, "duplicate-value")] : [];
  });
}

/** What is wrong with an answers document, all at once, and how to say it to the person who can mend it. */

import type { Fault } from "./answers.ts";
import { fault } from "./answers.ts";
import type { Checklist } from "./checklist.ts";
import type { Determination } from "./determinations.ts";
import { determine } from "./determinations.ts";
import type { AnswersDocument, Text } from "./format.ts";
import type { Reading } from "./reading.ts";
import { inOrder, readAnswers } from "./reading.ts";

// The same texts are in forms/faults.py; a test compares the two.
export const FAULT_TEXTS: Readonly<Record<string, Text>> = {
  "above-maximum": { zh: "数值超过可填的最大值 {maximum}", en: "The number is above the possible maximum {maximum}" },
  "below-minimum": { zh: "数值低于可填的最小值 {minimum}", en: "The number is below the possible minimum {minimum}" },
  "design-not-allowed": { zh: "此项没有设计值可比，不应填设计值", en: "This item has no design value to compare with" },
  "duplicate-id": { zh: "两个使用了同一个编号", en: "Two of them have the same id" },
  "duplicate-key": { zh: "这个名称已经用过", en: "This name is used already" },
  "duplicate-value": { zh: "同一内容出现了两次", en: "The same thing is there twice" },
  "hazard-on-passed-item": {
    zh: "这一项登记了隐患，不能是符合或不适用；改为不符合，或先删去隐患",
    en: "A hazard is registered here, so the item cannot pass: say that it fails, or take the hazard away first",
  },
  "hidden-item": { zh: "此项不适用于当前情况，不应有结论", en: "This item is not asked here, so it cannot have an answer" },
  "hidden-section": { zh: "本节不适用于当前情况，不应有结论", en: "This section is not asked here, so it cannot have answers" },
  "key-missing": { zh: "没有写名称或编号", en: "The name or number is missing" },
  "malformed-id": { zh: "编号的写法不对", en: "This is not a well-formed id" },
  "none-here-with-instances": { zh: "写了“这里没有”，又填了内容", en: "It says that there is none here, and yet some are filled in" },
  "not-a-uuid": { zh: "编号的写法不对", en: "This is not a well-formed id" },
  "not-an-option": { zh: "不在可选的答案之中", en: "This is not one of the possible answers" },
  "occurrences-missing": { zh: "部分不符合须写明处数", en: "A partial result needs the number of places" },
  "occurrences-not-allowed": { zh: "只有部分不符合才写处数", en: "Only a partial result has a number of places" },
  "reason-missing": { zh: "须写明原因", en: "A reason is needed" },
  "result-not-allowed": { zh: "此项不能选这个结论", en: "This result is not possible for this item" },
  "section-not-repeated": { zh: "本节不分次填写", en: "This section is not filled in several times" },
  "too-few-photos": { zh: "照片不足 {minimum} 张", en: "Fewer than {minimum} photos" },
  "too-long": { zh: "文字超过 {maximum} 字", en: "The text is longer than {maximum} characters" },
  "too-many-decimals": { zh: "小数最多 {maximum} 位", en: "At most {maximum} decimals" },
  "too-many-instances": { zh: "最多填写 {maximum} 个", en: "At most {maximum} of these" },
  "too-many-photos": { zh: "照片超过 {maximum} 张", en: "More than {maximum} photos" },
  "too-many-values": { zh: "最多 {maximum} 个", en: "At most {maximum} of these" },
  "unknown-item": { zh: "检查表中没有此项", en: "The checklist has no such item" },
  "unknown-key": { zh: "这里没有此项内容", en: "This is not known here" },
  "unknown-profile-key": { zh: "检查表不用这项单位情况", en: "The checklist does not use this fact about the subject" },
  "unknown-section": { zh: "检查表中没有这一节", en: "The checklist has no such section" },
  "value-not-allowed": { zh: "这个结论不能带填写内容", en: "This result cannot have a value" },
  "wrong-place": { zh: "此项属于“{section}”一节，填错了地方", en: "This item belongs to the section {section}" },
  "wrong-type": { zh: "内容的类型不对，应为 {wanted}", en: "This must be of the type {wanted}" },
  "wrong-type array": { zh: "内容的类型不对，应为多个选项的列表", en: "This must be a list" },
  "wrong-type boolean": { zh: "内容的类型不对，应为是或否", en: "This must be yes or no" },
  "wrong-type decimal": { zh: "内容的类型不对，应为数字", en: "This must be a number" },
  "wrong-type integer": { zh: "内容的类型不对，应为整数", en: "This must be a whole number" },
  "wrong-type object": { zh: "内容的类型不对，应为一组内容", en: "This must be a group of values" },
  "wrong-type string": { zh: "内容的类型不对，应为文字", en: "This must be text" },
};

/**
 * Everything wrong with an answers document, each with a JSON pointer into it, sorted by pointer and code.
 *
 * Shape:  any JSON value is accepted. An empty list means that the answers fit; unanswered items are no fault.
 * Source: tests/vectors/forms/faults.json; also forms/faults.py.
 */
export function findFaults(checklist: Checklist, answers: AnswersDocument | Reading): readonly Fault[] {
  const reading = readAnswers(checklist, answers);
  return reading.passedHazards.length === 0 ? reading.faults : answerFaults(reading, determine(checklist, reading));
}

/**
 * The faults of a reading, and the passed items that carry a hazard.
 *
 * A hazard may hang on a passed item if a clause is met there: "in use" is in order, beside a failed inspection it is not.
 */
export function answerFaults(reading: Reading, determinations: readonly Determination[]): readonly Fault[] {
  if (reading.passedHazards.length === 0) return reading.faults;
  const met = new Set(determinations.flatMap((determination) => determination.paths));
  const contradictions = reading.passedHazards.flatMap(([path, pointer]) =>
    met.has(path) ? [] : [fault(`${pointer}/hazards`, "hazard-on-passed-item")],
  );
  return [...reading.faults, ...contradictions].sort(inOrder);
}

/** The fault in words, Chinese and English. */
export function faultText({ code, params }: Fault): Text {
  const text = FAULT_TEXTS[`${code} ${String(params["wanted"])}`] ?? FAULT_TEXTS[code] ?? { zh: code, en: code };
  const filled = (words: string): string => words.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name]));
  return { zh: filled(text.zh), en: filled(text.en) };
}

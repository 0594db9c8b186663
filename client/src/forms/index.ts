/** What a checklist is, and whether an answer is right. No Vue, no browser, no clock; forms/ says the same in Python. */

export type { Fault } from "./answers.ts";
export type { CarryOver, Kept, Lost } from "./carry-over.ts";
export { carryOver } from "./carry-over.ts";
export type { Checklist, Item, Section } from "./checklist.ts";
export { findItem, loadChecklist } from "./checklist.ts";
export { contentHash } from "./content-hash.ts";
export type { Holidays } from "./deadlines.ts";
export { deadlineDate, isWorkingDay } from "./deadlines.ts";
export type { Determination } from "./determinations.ts";
export { determine, hazardGrade } from "./determinations.ts";
export { findFaults } from "./faults.ts";
export type * from "./format.ts";
export type { Judgement } from "./judgement.ts";
export { judge } from "./judgement.ts";
export { NO_VALUE, displayPercentage } from "./percentages.ts";
export { decimalText, findThousandths } from "./quantities.ts";
export type { Part, Reading } from "./reading.ts";
export { pathOf, readAnswers } from "./reading.ts";
export { relevantPaths } from "./relevance.ts";
export type { ItemResult } from "./results.ts";
export { results } from "./results.ts";
export type { Score, SectionScore } from "./scores.ts";
export { score } from "./scores.ts";

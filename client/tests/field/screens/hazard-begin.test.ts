/** The first words of a hazard: what was found, never the state of something that is in order. */
import { expect, test } from "vitest";
import type { Determination } from "@/forms/determinations.ts";
import type { ChecklistDocument, ItemDocument } from "@/forms/format.ts";
import { hazardOfItem } from "@/field/screens/hazard/begin.ts";

const text = (zh: string) => ({ zh, en: `${zh} en` });
const ITEM = {
  id: "boiler_state", type: "choice", statement: text("锅炉在用还是停用"), points: 1,
  choice: { options: [{ value: "in_use", label: text("在用"), result: "pass" }, { value: "unsealed", label: text("停用但没有封存"), result: "fail" }] },
} as unknown as ItemDocument;
const CHECKLIST = {
  id: "special_equipment",
  determinations: [{ id: "failed", title: text("检验不合格仍使用"), standard: "gb-45067-2024", clause: "4.2 a)" }],
} as unknown as ChecklistDocument;
const MET = { id: "failed", grade: "major", halt: "device", route: "handover", regulator: "market_regulation", suggestedOnly: false, paths: ["boiler_state"] } as Determination;
const CONTEXT = { id: "h", today: "2026-11-27", locale: "zh", holidays: {}, owner: null, submissionId: "s" };

test.each([
  ["the clause, where the item itself is in order", "in_use", [MET], "检验不合格仍使用"],
  ["the answer, where the answer is what is wrong", "unsealed", [MET], "停用但没有封存"],
  ["the answer, where no clause is met", "unsealed", [], "停用但没有封存"],
])("a hazard begins with %s", (_what, value, determinations, description) => {
  const draft = hazardOfItem({ checklist: CHECKLIST, item: ITEM, path: "boiler_state", answer: { value }, instanceKey: null, determinations }, CONTEXT);

  expect(draft.description).toBe(description);
});

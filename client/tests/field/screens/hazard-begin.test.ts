/** The sheet of a hazard before anyone types; its words and terms are in tests/vectors/forms/hazards.json. */
import { describe, expect, it } from "vitest";
import { loadChecklist } from "@/forms/checklist.ts";
import { determine } from "@/forms/determinations.ts";
import type { ChecklistDocument } from "@/forms/format.ts";
import { readAnswers } from "@/forms/reading.ts";
import { hazardOfItem, hazardOfVisit, regraded } from "@/field/screens/hazard/begin.ts";

const text = (zh: string) => ({ zh, en: `${zh} en` });
const CHECKLIST = {
  id: "special_equipment", version: "2026.2",
  sections: [{ id: "boilers", title: text("锅炉"), weight: 1, repeat: { label: text("炉号"), max: 3 }, items: [{
    id: "state", type: "choice", statement: text("锅炉在用还是停用"), points: 1, basis: [{ standard: "tsg", clause: "1" }],
    choice: { options: [{ value: "in_use", label: text("在用"), result: "pass" }, { value: "unsealed", label: text("停用但没有封存"), result: "fail" }] },
    hazard: { phrases: [text("状态不对")], deadline: { days: 3, day_kind: "working" }, evidence: text("照片"), immediate_measure: { kinds: ["stop_use"] } },
  }] }],
  determinations: [{ id: "failed", title: text("检验不合格仍使用"), standard: "gb-45067-2024", clause: "4.2 a)", grade: "major", halt: "device", route: "handover", regulator: "market_regulation", when: { item: "state", value: "in_use" } }],
  scoring: { rounding: "one_decimal", bands: [{ grade: "excellent", label: text("优"), at_least: 0 }], not_applicable_limit_percent: 50, confirmed_by_office: false },
} as unknown as ChecklistDocument;
const CONTEXT = { id: "h", today: "2026-11-27", locale: "zh", holidays: {}, owner: null, submissionId: "s" };

function begun(value: string) {
  const answer = { value };
  const reading = readAnswers(loadChecklist(CHECKLIST), { repeats: { boilers: [{ id: "b7", key: "1号炉", answers: { state: answer } }] } });
  return hazardOfItem({ reading, path: "boilers[b7].state", answer, instanceKey: "1号炉", determinations: determine(reading.checklist, reading) }, CONTEXT);
}

describe("a hazard of an item", () => {
  it("says where it is, what was found and what is to be done at once", () => {
    expect(begun("unsealed")).toMatchObject({
      item_path: "boilers[b7].state", spot: "1号炉", description: "停用但没有封存", grade: "general", deadline: "2026-12-02",
      immediate_measure: { kinds: ["stop_use"], state: "advised", at: null, by: null },
    });
  });

  it("has no deadline when it is a major one: its plan or an order sets it", () => {
    expect(begun("in_use")).toMatchObject({ description: "检验不合格仍使用", grade: "major", grade_suggested: "major", deadline: null, deadline_rule: null });
  });
});

describe("another grade", () => {
  const draft = hazardOfVisit(CONTEXT);

  it("takes the usual deadline away from a major hazard and gives it back to a general one", () => {
    const major = regraded(draft, "major", CONTEXT.today, {});
    expect(major).toEqual({ grade: "major", deadline: null, deadline_rule: null });
    expect(regraded(major, "general", CONTEXT.today, {})).toEqual({ grade: "general", deadline: "2026-12-02", deadline_rule: { days: 3, day_kind: "working" } });
  });

  it("leaves a day alone that a person has chosen", () => {
    expect(regraded({ deadline: "2026-12-24", deadline_rule: null }, "major", CONTEXT.today, {})).toEqual({ grade: "major", deadline: "2026-12-24", deadline_rule: null });
  });
});

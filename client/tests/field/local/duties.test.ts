import { expect, it } from "vitest";
import type { Duty } from "../../../src/api/wire.ts";
import { dueOn, lastVisitOn } from "../../../src/field/local/duties.ts";
import type { SubjectRow } from "../../../src/field/local/rows.ts";
import { aSubject, PAIRING_ID as mine, SUBJECT_ID } from "../fakes.ts";

const OTHER = "5b1e0000-0000-4000-8000-0000000000bb";

function duty(values: Partial<Duty>): Duty {
  return { pairing_id: mine, first: "2026-01-01", last: null, count: 1, unit: "month", span_shares: [{ from: "2000-01-01", numerator: 1, denominator: 2 }], satisfied: 10, next_due: "2026-11-30", ...values };
}

function subject(duties: Duty[], values: Partial<SubjectRow> = {}): SubjectRow {
  return aSubject({ duties, visits_until: "2026-10-20T09:00:00+08:00", last_visit_on: "2026-10-20", ...values });
}

const visit = (finished_at: string | null, subject_id = SUBJECT_ID) => ({ subject_id, finished_at });

it("says by which day the next visit of an own duty is due", () => {
  const duties = [duty({}), duty({ pairing_id: OTHER, unit: "week", satisfied: 0 })];

  expect(dueOn(subject(duties), [])).toBe("2026-11-30");
});

it("goes by all duties where none is the inspector's own", () => {
  expect(dueOn(subject([duty({ pairing_id: OTHER, satisfied: 3 })]), [])).toBe("2026-04-30");
});

it("counts a visit as soon as it is finished on the phone", () => {
  expect(dueOn(subject([duty({})]), [visit("2026-11-02T10:00:00+08:00")])).toBe("2026-12-31");
  expect(lastVisitOn(subject([duty({})]), [visit("2026-11-02T00:10:00+08:00")])).toBe("2026-11-02");
});

it("does not count a visit again that the server has counted, nor one of another subject or under way", () => {
  const made = [visit("2026-10-20T09:00:00+08:00"), visit("2026-11-02T10:00:00+08:00", OTHER), visit(null)];

  expect(dueOn(subject([duty({})]), made)).toBe("2026-11-30");
});

it("takes the earliest of several own duties", () => {
  expect(dueOn(subject([duty({}), duty({ unit: "quarter", satisfied: 2 })]), [])).toBe("2026-09-30");
});

it("has no due day without a duty, before it was pulled again, and when the duty asks for no more", () => {
  expect(dueOn(subject([]), [])).toBeNull();
  expect(dueOn({ ...subject([]), duties: undefined as unknown as Duty[] }, [])).toBeNull();
  expect(dueOn(subject([duty({ last: "2026-10-31" })]), [])).toBeNull();
});

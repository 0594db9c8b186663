import { describe, expect, it } from "vitest";
import { foldHazard, hazardIdForItem, isOverdue, type Hazard, type HazardEvent, type HazardState } from "../../src/sync/hazards.ts";
import { load } from "./vectors.ts";

const vectors = load<{
  cases: { name: string; events: HazardEvent[]; expected: Partial<Hazard> | null }[]
  overdue: { name: string; state: HazardState; deadline: string | null; as_of: string; expected: boolean }[]
  hazard_ids: { name: string; submission_id: string; item_path: string; nth: number; expected: string }[]
}>("hazards");

describe("events add up to the hazard", () => {
  it.each(vectors.cases)("$name", ({ events, expected }) => {
    const hazard = foldHazard(events);

    if (expected === null) expect(hazard).toBeNull();
    else expect(hazard).toMatchObject(expected);
  });

  it.each(vectors.cases)("in any order of arrival, also twice: $name", ({ events }) => {
    const inOrder = foldHazard(events);

    for (let turn = 0; turn < events.length; turn += 1) {
      const turned = [...events.slice(turn), ...events.slice(0, turn)];
      expect(foldHazard(turned)).toEqual(inOrder);
      expect(foldHazard([...turned, ...[...events].reverse()])).toEqual(inOrder);
    }
  });

  it("the first case lists every key of the projection", () => {
    for (const first of vectors.cases.slice(0, 1)) expect(foldHazard(first.events)).toEqual(first.expected);
  });
});

it.each(vectors.overdue)("overdue: $name", ({ state, deadline, as_of, expected }) => {
  expect(isOverdue(state, deadline, as_of)).toBe(expected);
});

it.each(vectors.hazard_ids)("hazard id: $name", async ({ submission_id, item_path, nth, expected }) => {
  expect(await hazardIdForItem(submission_id, item_path, nth)).toBe(expected);
});

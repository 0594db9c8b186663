import { describe, expect, it } from "vitest";
import { unsaid } from "../../src/sync/duties.ts";
import type { Author } from "../../src/sync/duties.ts";
import { foldHazard } from "../../src/sync/hazards.ts";
import type { HazardEvent } from "../../src/sync/hazards.ts";
import { load } from "./vectors.ts";

type Loose = Record<string, unknown>;
const vectors = load<{
  people: Record<string, Author>
  histories: Record<string, string[]>
  events: Record<string, Loose>
  acts: Record<string, Loose>
  matrix: string[]
  unsaid: { name: string; event: { kind: string } & Loose; expected: string[] }[]
}>("duties");
const [head = [], ...lines] = vectors.matrix.map((line) => line.split("|").map((cell) => cell.trim()));
const states = head.slice(3);
const LAST = "00000000-0000-4000-8000-000000000099";

function history(state: string, grade: string, reporter: string): HazardEvent[] {
  return (vectors.histories[state] ?? []).map((kind, index) => {
    const event = vectors.events[kind] ?? {};
    const who = kind === "submitted" ? reporter : kind === "closed" && reporter === "chen" ? "ben" : String(event["by"]);
    const id = `00000000-0000-4000-8000-${String(index + 1).padStart(12, "0")}`;
    return { ...event, id, by: vectors.people[who], ...(kind === "found" || kind === "confirmed" ? { grade } : {}) } as unknown as HazardEvent;
  });
}

function done(act: string, who: string, grade: string): HazardEvent {
  const event = vectors.acts[act] ?? {};
  const graded = "grade" in event ? { grade: event["grade"] === null ? grade : grade === "major" ? "general" : "major" } : {};
  return { ...event, ...graded, id: LAST, at: "2026-11-03T09:00:00+08:00", by: vectors.people[who] } as unknown as HazardEvent;
}

function outcome(state: string, act: string, who: string, grade: string): string {
  const before = history(state, grade, who === "chen" ? "chen" : "anna");
  const was = foldHazard(before);
  const hazard = foldHazard([...before, done(act, who, grade)]);
  if (was === null || hazard === null) throw new Error("it was found");
  const refused = hazard.ineffective.find((entry) => entry.event_id === LAST);
  return refused?.reason ?? (hazard.state === was.state ? "done" : hazard.state);
}

describe("an act is for these people", () => {
  it.each(lines.map(([act = "", grade = "", people = "", ...expected]) => ({ act, grade, people, expected })))("$act $grade $people", ({ act, grade, people, expected }) => {
    for (const who of people.split(", ")) expect(states.map((state) => outcome(state, act, who, grade))).toEqual(expected);
  });
});

it.each(vectors.unsaid)("$name", ({ event, expected }) => {
  expect(unsaid(event)).toEqual(expected);
});

/**
 * The shapes that the client's code names are the shapes of the OpenAPI document. Each line of the tables is checked by the
 * compiler (`npm run types`): what the server answers must fit what the client reads, and what the client sends must fit what
 * the server takes.
 */
import { describe, expect, it } from "vitest";
import type { components } from "../../src/api/openapi.ts";
import type * as wire from "../../src/api/wire.ts";
import type * as desk from "../../src/office/api/types.ts";

type Schemas = components["schemas"];
type Fits<From, To> = [From] extends [To] ? true : { from: From; to: To };

const phoneReads: {
  session: Fits<Schemas["Session"], wire.SessionReply>;
  problem: Fits<Schemas["Problem"], wire.Problem>;
  checklist: Fits<Schemas["ChecklistSummary"], wire.ChecklistSummary>;
  subject: Fits<Schemas["Subject"], Omit<wire.SubjectBody, "profile">>;
  pairing: Fits<Schemas["Pairing"], wire.PairingSummary>;
  receipt: Fits<Schemas["Receipt"], wire.Receipt>;
  arrival: Fits<Schemas["Completeness"], wire.VisitArrival>;
  changes: Fits<Schemas["Pull"], wire.ChangesReply>;
  push: Fits<Omit<Schemas["PushResult"], "results">, Omit<wire.PushReply, "results">>;
  result: Fits<Omit<Schemas["RecordResult"], "id">, Omit<wire.RecordResult, "id">>;
  hazardPhoto: Fits<Omit<Schemas["HazardPhoto"], "role" | "review">, Omit<wire.HazardPhoto, "role" | "review">>;
} = {
  session: true, problem: true, checklist: true, subject: true, pairing: true, receipt: true, arrival: true, changes: true,
  push: true, result: true, hazardPhoto: true,
};

const deskReads: {
  user: Fits<Schemas["User"], desk.User>;
  area: Fits<Schemas["Area"], desk.Area>;
  department: Fits<Schemas["Department"], desk.Department>;
  subject: Fits<Schemas["Subject"], desk.SubjectBrief>;
  event: Fits<Schemas["TimelineEntry"], desk.HazardEvent>;
  queueItem: Fits<Omit<Schemas["QueueItem"], "photo" | "before" | "after" | "review">, Omit<desk.ReviewItem, "photo" | "before" | "after" | "review">>;
  photo: Fits<Omit<Schemas["Photo"], "review" | "role">, Omit<desk.ReviewPhoto, "review" | "role">>;
  flag: Fits<Schemas["Flag"], desk.Flag>;
  download: Fits<Omit<Schemas["Download"], "filters">, Omit<desk.Download, "filters">>;
  hazardLine: Fits<Schemas["LedgerLine"], desk.HazardBrief>;
  visit: Fits<Schemas["VisitRow"], desk.VisitBrief>;
  submission: Fits<Schemas["Submission"], desk.VisitSubmission>;
  receipt: Fits<Schemas["ReceiptLookup"], desk.ReceiptAnswer>;
  checklist: Fits<Schemas["ChecklistSummary"], desk.ChecklistBrief>;
} = {
  user: true, area: true, department: true, subject: true, event: true, queueItem: true, photo: true, flag: true, download: true, hazardLine: true, visit: true, submission: true,
  receipt: true, checklist: true,
};

describe("what the client reads", () => {
  it("is what the server answers", () => {
    expect(Object.values({ ...phoneReads, ...deskReads }).every(Boolean)).toBe(true);
  });
});

/**
 * Names for what travels between phone, desk and server. Every shape is the OpenAPI document's (openapi.ts is generated from it);
 * none is written here. tests/api/wire.test.ts forbids another.
 */
import type { components } from "./openapi.ts";

type Schemas = components["schemas"];
export type Uuid = string;
/** RFC 3339 with offset. */
export type Timestamp = string;
/** YYYY-MM-DD in Beijing time. */
export type DateText = string;

export type Text = Schemas["Text"];

export type SessionReply = Schemas["Session"];
export type RuleInputs = Schemas["RuleInputs"];
/** Who is signed in, and what they may do. */
export type User = Schemas["User"] & Pick<SessionReply, "actions">;

/** Also what the phone says of itself, and what earlier releases kept. */
export type Problem = Pick<Schemas["Problem"], "type" | "title" | "status"> & Partial<Schemas["Problem"]>;

export type ChecklistSummary = Schemas["ChecklistSummary"];
export type ChecklistRef = Schemas["ChecklistRef"];

export type Subject = Schemas["Subject"];
export type LeftSubject = Schemas["LeftSubject"];
export type Duty = Schemas["Duty"];

export type Hazard = Schemas["Hazard"];
export type Person = Schemas["PersonPart"];
export type Citation = Schemas["BasisPart"];
export type HazardPhoto = Schemas["HazardPhoto"];
export type PhotoMark = Schemas["Mark"];
export type PhotoReview = Schemas["PhotoReview"];

export type Pull = Schemas["Pull"];
export type Change = Pull["changes"][number];
export type QuarantineLine = Schemas["QuarantineLine"];

export type DraftRow = Schemas["DraftRow"];
export type DraftSaved = Schemas["DraftSaved"];
export type Draft = Schemas["Draft"];
export type DraftReply = Schemas["DraftContent"];

export type Push = Schemas["Push"];
export type PushReply = Schemas["PushResult"];
export type RecordResult = Schemas["RecordResult"];
export type Receipt = Schemas["Receipt"];
/** Whether everything that a visit announced is durable on the server; the receipt comes with completeness. */
export type Completeness = Schemas["Completeness"];

export type VisitBody = Schemas["VisitBody"];
export type SubmissionBody = Schemas["SubmissionBody"];
export type Answer = SubmissionBody["answers"][string];
export type RepeatInstance = Repeats[string][number];
export type ProfileValue = SubmissionBody["profile"][string];
type Repeats = NonNullable<SubmissionBody["repeats"]>;
export type AnswersDocument = Pick<SubmissionBody, "profile" | "answers"> & { repeats: Repeats } & Partial<Pick<SubmissionBody, "scope" | "sections" | "none_here">>;
export type PhotoBody = Schemas["PhotoBody"];
export type HazardFound = Schemas["HazardFound"];
export type HazardAct = Schemas["HazardAct"];

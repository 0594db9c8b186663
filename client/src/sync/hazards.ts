// The life of a hazard as a fold over its events, the same on phone and server; nothing that arrives is ever dropped.
// draft → confirmed → assigned → rectifying → submitted → closed, with voided beside it. A refused re-check goes back to
// rectifying. "Overdue" is derived from dates and never a state. Mirrors sync/hazards.py.

import { actOf, closesOnSpot, dutyRefusal } from "./duties.ts";
import type { Author } from "./duties.ts";
import { hex, isUuid } from "./records.ts";
import type { ImmediateMeasureKind, ImmediateMeasureState } from "../vocabulary/codes.ts";
import { parseDate, parseTime, shanghaiDate } from "./times.ts";

export type HazardState = "draft" | "confirmed" | "assigned" | "rectifying" | "submitted" | "closed" | "voided"
export type HazardGrade = "general" | "major"
export type HazardKind = "unsafe_state" | "unsafe_act" | "management_defect"
export type HazardSource = "self_check" | "pairing_visit" | "department_check" | "tip_off" | "handed_down"
export type PhotoRole = "overview" | "close_up" | "name_plate" | "before" | "after" | "signature" | "paper" | "item" | "measure"

// In the order in which a hazard lives through them; two events of one instant take effect in this order.
const EVENT_KINDS = [
  "found",
  "item_failed",
  "confirmed",
  "regraded",
  "assigned",
  "deadline_set",
  "transferred",
  "transfer_accepted",
  "extended",
  "accepted",
  "submitted",
  "rechecked",
  "closed",
  "voided",
  "merged",
  "photo_added",
  "noted",
] as const;
export type HazardEventKind = (typeof EVENT_KINDS)[number]

/** Why an event is kept but changes nothing. */
export type IneffectiveReason =
  | "already_found"
  | "already_confirmed"
  | "not_confirmed"
  | "not_assigned"
  | "not_submitted"
  | "already_submitted"
  | "already_closed"
  | "voided"
  | "commitments_incomplete"
  | "deadline_not_later"
  | "needs_extension"
  | "same_grade"
  | "same_deadline"
  | "not_transferred"
  | "not_their_duty"
  | "needs_supervisor"
  | "own_rectification"
  | "unreadable"

/** Why the time of an event cannot be believed; only the server can tell. */
export type TimeDoubt = "after_receipt" | "outside_visit"

export const COMMITMENTS = ["responsible_person", "measures", "funds_wan", "deadline", "contingency_plan"] as const;
export type CommitmentName = (typeof COMMITMENTS)[number]
export type Commitments = Partial<Record<CommitmentName, string | null>>

export interface HazardPhotoRef {
  id: string
  role?: PhotoRole
}
export interface BasisRef {
  standard: string
  clause: string
}
export interface HazardOwner {
  name: string
  title?: string
  phone?: string
}
export interface DeadlineRule {
  days: number
  day_kind: "calendar" | "working"
}

interface EventBase {
  /** Id of the hazard_event record that carries this body. */
  id: string
  hazard_id?: string
  at: string
  photos?: HazardPhotoRef[]
  /** Who made it; an event without is of before the duties were told apart and is held against none. */
  by?: Author
  time_doubt?: TimeDoubt
}
export interface FoundPayload {
  subject_id: string | null
  submission_id: string | null
  item_path: string | null
  checklist_id: string | null
  description: string
  spot: string | null
  kind_of_hazard: HazardKind | null
  grade: HazardGrade
  grade_suggested: HazardGrade | null
  determinations: string[]
  basis: BasisRef[]
  deadline: string | null
  deadline_rule: DeadlineRule | null
  owner: HazardOwner | null
  no_photo_reason?: string | null
  immediate_measure?: ImmediateMeasure | null
  fixed_on_spot: boolean
  source: HazardSource
}

/** What is done at once, apart from the rectification: what was asked for, and what became of it. */
export interface ImmediateMeasure {
  kinds: ImmediateMeasureKind[]
  state: ImmediateMeasureState
  /** When it was taken or refused, and by whom. */
  at: string | null
  by: string | null
  reason?: string | null
}
export type HazardEvent = EventBase &
  (
    | ({ kind: "found" } & FoundPayload)
    | ({ kind: "item_failed" } & Partial<FoundPayload>)
    | { kind: "confirmed"; grade: HazardGrade; basis?: BasisRef[] }
    | { kind: "regraded"; grade: HazardGrade; reason: string }
    | { kind: "assigned"; responsible_unit: string | null; owner: HazardOwner | null; deadline: string | null }
    | { kind: "deadline_set"; deadline: string }
    | { kind: "transferred"; to_org: string; to_department_id?: string | null; reason: string }
    | { kind: "transfer_accepted"; to_department_id?: string | null }
    | { kind: "extended"; deadline: string; reason: string; approver: string }
    | { kind: "accepted"; commitments?: Commitments }
    | { kind: "submitted"; note?: string; completed_on?: string | null; commitments?: Commitments }
    | { kind: "rechecked"; result: "pass" | "return"; reason?: string }
    | { kind: "closed"; opinion?: string }
    | { kind: "voided"; reason: string; approver?: string }
    | { kind: "merged"; into: string; reason?: string }
    | { kind: "photo_added" }
    | { kind: "noted"; text: string }
  )

/** What the events add up to. Times are the texts of the events; dates are YYYY-MM-DD. Equal to Hazard.as_document(). */
export interface Hazard {
  state: HazardState
  grade: HazardGrade
  subject_id: string | null
  submission_id: string | null
  item_path: string | null
  checklist_id: string | null
  description: string | null
  spot: string | null
  kind_of_hazard: HazardKind | null
  grade_suggested: HazardGrade | null
  determinations: string[]
  basis: BasisRef[]
  source: HazardSource | null
  fixed_on_spot: boolean
  /** By its finder alone, so that whoever supervises may still find that it is a major one. */
  closed_on_spot: boolean
  no_photo_reason: string | null
  immediate_measure: ImmediateMeasure | null
  deadline: string | null
  original_deadline: string | null
  deadline_rule: DeadlineRule | null
  owner: HazardOwner | null
  responsible_unit: string | null
  /** The department that has accepted a transfer; null while the hazard is still with the one of its finding. */
  department_id: string | null
  commitments: Commitments
  missing_commitments: CommitmentName[]
  found_at: string
  confirmed_at: string | null
  assigned_at: string | null
  accepted_at: string | null
  /** Of the latest effective submission, hence of the finally accepted one when the hazard is closed. */
  submitted_at: string | null
  /** The limit in force on the day of `submitted_at`; one that was granted later on that day held for that whole day. */
  deadline_at_submission: string | null
  completed_on: string | null
  /** Who made that submission. */
  reported_by: string | null
  /** Whether the time of that submission cannot be believed. */
  submission_in_doubt: boolean
  returned_count: number
  return_reason: string | null
  closed_at: string | null
  closing_opinion: string | null
  voided_at: string | null
  void_reason: string | null
  merged_into: string | null
  photos: { id: string; role: PhotoRole; event_id: string }[]
  extensions: { event_id: string; at: string; from: string | null; to: string; reason: string | null; approver: string | null }[]
  transfers: { event_id: string; at: string; to_org: string; to_department_id: string | null; reason: string | null; accepted_at: string | null }[]
  regrades: { event_id: string; at: string; from: HazardGrade; to: HazardGrade; reason: string | null }[]
  notes: { event_id: string; at: string; text: string }[]
  ineffective: { event_id: string; reason: IneffectiveReason }[]
  time_doubts: { event_id: string; reason: TimeDoubt }[]
  last_event_at: string
}

/**
 * The hazard that these events make, whatever order they arrived in; null when none of them says it was found.
 *
 * The finding comes first (it is the cause of all others, whatever a phone's clock said), then by instant, then by event
 * kind, then by id. The same id twice counts once. An event that its state does not allow is listed in `ineffective` with a
 * reason; its photos stay. A re-check of a hazard that nobody submitted needs two events: `submitted` on the owner's
 * behalf, then `rechecked`. A pass closes.
 */
export function foldHazard(events: Iterable<HazardEvent>): Hazard | null {
  const readable = new Map<string, HazardEvent>();
  const unreadable = new Set<string>();
  for (const event of events) {
    if (findEventFaults(event).length > 0) unreadable.add(String(event.id));
    else readable.set(event.id, event);
  }
  const ordered = [...readable.values()].sort(compareEvents);
  const first = ordered[0];
  if (!first || !isCreating(first)) return null;
  const hazard = emptyHazard();
  const photoIds = new Set<string>();
  for (const event of ordered) {
    const reason = refusedDuty(hazard, event) ?? take(hazard, event);
    if (event.time_doubt) hazard.time_doubts.push({ event_id: event.id, reason: event.time_doubt });
    if (reason) hazard.ineffective.push({ event_id: event.id, reason });
    keepPhotos(hazard, event, photoIds);
    hazard.last_event_at = event.at;
  }
  for (const event_id of [...unreadable].sort()) hazard.ineffective.push({ event_id, reason: "unreadable" });
  hazard.missing_commitments = missingCommitments(hazard.commitments);
  return hazard;
}

/** The id of the nth hazard of a failed item: UUID version 5, so phone and server name the same hazard alike. */
export async function hazardIdForItem(submissionId: string, itemPath: string, nth = 1): Promise<string> {
  const namespace = Uint8Array.from(submissionId.replaceAll("-", "").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const name = new TextEncoder().encode(nth === 1 ? itemPath : `${itemPath}#${nth}`);
  const input = new Uint8Array(namespace.length + name.length);
  input.set(namespace);
  input.set(name, namespace.length);
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-1", input)).slice(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return hex(bytes.buffer).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The deadline day itself is not overdue; `asOf` is a day in Shanghai (YYYY-MM-DD). */
export function isOverdue(state: HazardState, deadline: string | null, asOf: string): boolean {
  if (deadline === null || state === "closed" || state === "voided") return false;
  return parseDate(deadline) < parseDate(asOf);
}

/** Which of the five commitments (五落实) are not filled in; funds of "0" are a statement, blank is not. */
export function missingCommitments(commitments: Commitments): CommitmentName[] {
  return COMMITMENTS.filter((name) => isBlank(commitments[name]));
}

/** What makes an event unusable for the fold; richer checks belong to the server's wire schemas. */
export function findEventFaults(event: unknown): { pointer: string; code: string }[] {
  const faults: { pointer: string; code: string }[] = [];
  const fields = event as Record<string, unknown>;
  if (!isUuid(fields["id"])) faults.push({ pointer: "/id", code: "not-a-uuid" });
  const kind = fields["kind"];
  if (!(EVENT_KINDS as readonly unknown[]).includes(kind)) return [...faults, { pointer: "/kind", code: "unknown-kind" }];
  if (!reads(parseTime, fields["at"])) faults.push({ pointer: "/at", code: "not-a-time" });
  for (const [key, holds, code, neededBy] of PAYLOAD_CHECKS) {
    const value = fields[key] ?? null;
    if (value === null && !neededBy.includes(kind as HazardEventKind)) continue;
    if (!holds(value)) faults.push({ pointer: `/${key}`, code });
  }
  return faults;
}

/** A finding is nobody's to refuse: the fold would have no hazard to hold the others. */
function refusedDuty(hazard: Hazard, event: HazardEvent): IneffectiveReason | null {
  if (event.by === undefined || isCreating(event)) return null;
  return dutyRefusal(actOf(event), event.by, { grade: hazard.grade, reporter_id: hazard.reported_by });
}

function take(hazard: Hazard, event: HazardEvent): IneffectiveReason | null {
  switch (event.kind) {
    case "found":
    case "item_failed":
      return takeFound(hazard, event);
    case "photo_added":
      return null;
    case "noted":
      hazard.notes.push({ event_id: event.id, at: event.at, text: event.text });
      return null;
    case "voided":
    case "merged":
      if (hazard.state === "voided") return "voided";
      hazard.state = "voided";
      hazard.closed_on_spot = false;
      hazard.voided_at = event.at;
      hazard.void_reason = event.reason ?? null;
      if (event.kind === "merged") hazard.merged_into = event.into;
      return null;
    case "transfer_accepted":
      return takeTransferAccepted(hazard, event);
    case "closed":
      if (hazard.state === "closed" && hazard.closing_opinion === null) {
        hazard.closing_opinion = event.opinion ?? null;
        return null;
      }
  }
  if (hazard.state === "voided") return "voided";
  if (hazard.state === "closed" && !(hazard.closed_on_spot && (event.kind === "confirmed" || event.kind === "regraded"))) return "already_closed";
  switch (event.kind) {
    case "confirmed":
      if (hazard.confirmed_at !== null) return "already_confirmed";
      hazard.confirmed_at = event.at;
      hazard.grade = event.grade;
      if (event.basis && event.basis.length > 0) hazard.basis = [...event.basis];
      // The owner may have rectified before anybody confirmed; confirming must not undo that.
      if (hazard.state === "draft") hazard.state = "confirmed";
      reopenMajorClosedOnSpot(hazard);
      return null;
    case "regraded": {
      if (event.grade === hazard.grade) return "same_grade";
      const { id: event_id, at, grade: to } = event;
      hazard.regrades.push({ event_id, at, from: hazard.grade, to, reason: event.reason ?? null });
      hazard.grade = to;
      reopenMajorClosedOnSpot(hazard);
      return null;
    }
    case "assigned":
      return takeAssigned(hazard, event);
    case "deadline_set":
      // By an order or an approved plan; that it does not stand for an extension is for whoever supervises to see.
      if (event.deadline === hazard.deadline) return "same_deadline";
      setDeadline(hazard, event.deadline, event.at);
      return null;
    case "transferred":
      hazard.responsible_unit = event.to_org;
      hazard.transfers.push({
        event_id: event.id,
        at: event.at,
        to_org: event.to_org,
        to_department_id: event.to_department_id ?? null,
        reason: event.reason ?? null,
        accepted_at: null,
      });
      return null;
    case "extended":
      return takeExtended(hazard, event);
    case "accepted":
      if (hazard.state === "submitted") return "already_submitted";
      if (hazard.state !== "assigned" && hazard.state !== "rectifying") return "not_assigned";
      hazard.state = "rectifying";
      hazard.accepted_at = event.at;
      hazard.commitments = commitmentsWith(hazard, event.commitments);
      return null;
    case "submitted":
      // Again while it waits for the re-check, too: the accepted submission is the last before the closing.
      return submit(hazard, event, event.commitments, event.completed_on);
    case "rechecked":
      if (hazard.state !== "submitted") return "not_submitted";
      if (event.result === "pass") return close(hazard, event);
      hazard.state = "rectifying";
      hazard.returned_count += 1;
      hazard.return_reason = event.reason ?? null;
      return null;
    case "closed": {
      if (hazard.state !== "submitted") return "not_submitted";
      const reason = close(hazard, event);
      if (reason === null) hazard.closing_opinion = event.opinion ?? null;
      return reason;
    }
  }
}

function takeFound(
  hazard: Hazard,
  event: Extract<HazardEvent, { kind: "found" | "item_failed" }>,
): IneffectiveReason | null {
  if (hazard.found_at !== "") return "already_found";
  hazard.subject_id = event.subject_id ?? null;
  hazard.submission_id = event.submission_id ?? null;
  hazard.item_path = event.item_path ?? null;
  hazard.checklist_id = event.checklist_id ?? null;
  hazard.description = event.description ?? null;
  hazard.spot = event.spot ?? null;
  hazard.kind_of_hazard = event.kind_of_hazard ?? null;
  hazard.grade_suggested = event.grade_suggested ?? null;
  hazard.deadline_rule = event.deadline_rule ?? null;
  hazard.owner = event.owner ?? null;
  hazard.no_photo_reason = event.no_photo_reason ?? null;
  hazard.immediate_measure = event.immediate_measure ?? null;
  hazard.source = event.source ?? null;
  hazard.grade = event.grade ?? "general";
  hazard.determinations = [...(event.determinations ?? [])];
  hazard.basis = [...(event.basis ?? [])];
  hazard.fixed_on_spot = event.fixed_on_spot === true;
  hazard.deadline = event.deadline ?? null;
  hazard.original_deadline = hazard.deadline;
  hazard.found_at = event.at;
  if (!hazard.fixed_on_spot) return null;
  const reason = submit(hazard, event, undefined, null);
  if (reason !== null || event.by === undefined || !closesOnSpot(event)) return reason;
  hazard.closed_on_spot = true;
  return close(hazard, event);
}

function reopenMajorClosedOnSpot(hazard: Hazard): void {
  if (!hazard.closed_on_spot || hazard.grade !== "major") return;
  hazard.closed_on_spot = false;
  hazard.state = hazard.confirmed_at === null ? "draft" : "confirmed";
  hazard.submitted_at = hazard.deadline_at_submission = hazard.completed_on = hazard.reported_by = hazard.closed_at = null;
  hazard.submission_in_doubt = false;
}

function takeAssigned(hazard: Hazard, event: Extract<HazardEvent, { kind: "assigned" }>): IneffectiveReason | null {
  if (hazard.state === "draft") return "not_confirmed";
  if (hazard.state === "submitted") return "already_submitted";
  if (hazard.state === "confirmed") hazard.state = "assigned";
  // Assigning again must not be a way to move the deadline without a reason and an approver.
  else if (hazard.deadline !== null && event.deadline !== null && event.deadline > hazard.deadline) return "needs_extension";
  hazard.assigned_at = event.at;
  hazard.responsible_unit = event.responsible_unit ?? hazard.responsible_unit;
  hazard.owner = event.owner ?? hazard.owner;
  if (event.deadline !== null && event.deadline !== undefined) setDeadline(hazard, event.deadline, event.at);
  return null;
}

/** Also of a closed hazard: the receiver answers for it from then on. */
function takeTransferAccepted(hazard: Hazard, event: Extract<HazardEvent, { kind: "transfer_accepted" }>): IneffectiveReason | null {
  if (hazard.state === "voided") return "voided";
  const transfer = hazard.transfers.at(-1);
  if (transfer === undefined || transfer.accepted_at !== null) return "not_transferred";
  transfer.accepted_at = event.at;
  hazard.department_id = event.to_department_id ?? transfer.to_department_id;
  return null;
}

/** From the whole day of `at` on, also for a submission of that day. */
function setDeadline(hazard: Hazard, deadline: string, at: string): void {
  hazard.deadline = deadline;
  hazard.original_deadline ??= deadline;
  if (hazard.submitted_at !== null && dayOf(hazard.submitted_at) === dayOf(at)) hazard.deadline_at_submission = deadline;
}

function takeExtended(hazard: Hazard, event: Extract<HazardEvent, { kind: "extended" }>): IneffectiveReason | null {
  const from = hazard.deadline;
  const { id: event_id, at, deadline: to } = event;
  if (from !== null && to <= from) return "deadline_not_later";
  setDeadline(hazard, to, at);
  hazard.extensions.push({ event_id, at, from, to, reason: event.reason ?? null, approver: event.approver ?? null });
  return null;
}

/** From any open state: a general hazard is often put right before the desk has confirmed or assigned it. */
function submit(
  hazard: Hazard,
  event: HazardEvent,
  stated: Commitments | undefined,
  completedOn: string | null | undefined,
): IneffectiveReason | null {
  const commitments = commitmentsWith(hazard, stated);
  if (hazard.grade === "major" && missingCommitments(commitments).length > 0) return "commitments_incomplete";
  hazard.state = "submitted";
  hazard.commitments = commitments;
  hazard.submitted_at = event.at;
  hazard.deadline_at_submission = hazard.deadline;
  hazard.completed_on = completedOn ?? null;
  hazard.reported_by = event.by?.id ?? null;
  hazard.submission_in_doubt = event.time_doubt !== undefined;
  return null;
}

function close(hazard: Hazard, event: HazardEvent): IneffectiveReason | null {
  // A hazard regraded to major after its submission still owes the commitments.
  if (hazard.grade === "major" && missingCommitments(hazard.commitments).length > 0) return "commitments_incomplete";
  if (hazard.grade === "major" && hazard.confirmed_at === null && event.by !== undefined) return "not_confirmed";
  hazard.state = "closed";
  hazard.closed_at = event.at;
  return null;
}

function commitmentsWith(hazard: Hazard, stated: Commitments | null | undefined): Commitments {
  const merged: Commitments = { ...hazard.commitments };
  for (const name of COMMITMENTS) {
    const value = stated?.[name];
    if (value !== undefined && !isBlank(value)) merged[name] = value;
  }
  return merged;
}

function keepPhotos(hazard: Hazard, event: HazardEvent, photoIds: Set<string>): void {
  for (const photo of event.photos ?? []) {
    if (photoIds.has(photo.id)) continue;
    photoIds.add(photo.id);
    hazard.photos.push({ id: photo.id, role: photo.role || (isCreating(event) ? "before" : "after"), event_id: event.id });
  }
}

function compareEvents(a: HazardEvent, b: HazardEvent): number {
  return (
    firstRank(a) - firstRank(b) ||
    parseTime(a.at) - parseTime(b.at) ||
    EVENT_KINDS.indexOf(a.kind) - EVENT_KINDS.indexOf(b.kind) ||
    (a.id < b.id ? -1 : 1)
  );
}

/** `item_failed` is the server's stand-in until the phone's own account of the finding arrives. */
function firstRank(event: HazardEvent): number {
  return event.kind === "found" ? 0 : event.kind === "item_failed" ? 1 : 2;
}

function isCreating(event: HazardEvent): boolean {
  return event.kind === "found" || event.kind === "item_failed";
}

function emptyHazard(): Hazard {
  return {
    state: "draft",
    grade: "general",
    subject_id: null,
    submission_id: null,
    item_path: null,
    checklist_id: null,
    description: null,
    spot: null,
    kind_of_hazard: null,
    grade_suggested: null,
    determinations: [],
    basis: [],
    source: null,
    fixed_on_spot: false,
    closed_on_spot: false,
    no_photo_reason: null,
    immediate_measure: null,
    deadline: null,
    original_deadline: null,
    deadline_rule: null,
    owner: null,
    responsible_unit: null,
    department_id: null,
    commitments: {},
    missing_commitments: [],
    found_at: "",
    confirmed_at: null,
    assigned_at: null,
    accepted_at: null,
    submitted_at: null,
    deadline_at_submission: null,
    completed_on: null,
    reported_by: null,
    submission_in_doubt: false,
    returned_count: 0,
    return_reason: null,
    closed_at: null,
    closing_opinion: null,
    voided_at: null,
    void_reason: null,
    merged_into: null,
    photos: [],
    extensions: [],
    transfers: [],
    regrades: [],
    notes: [],
    ineffective: [],
    time_doubts: [],
    last_event_at: "",
  };
}

function dayOf(moment: string): string {
  return shanghaiDate(parseTime(moment));
}

function isBlank(value: string | null | undefined): boolean {
  // The characters are listed because trim() and Python's strip() do not agree on what is blank.
  return value === undefined || value === null || (typeof value === "string" && /^[ \t\r\n\u00a0\u3000]*$/.test(value));
}

function reads(parse: (value: unknown) => unknown, value: unknown): boolean {
  try {
    parse(value);
    return true;
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function arePhotos(value: unknown): boolean {
  const isPhoto = (photo: unknown): boolean =>
    isObject(photo) && typeof photo["id"] === "string" && typeof (photo["role"] ?? "") === "string";
  return Array.isArray(value) && value.every(isPhoto);
}

const isText = (value: unknown): boolean => typeof value === "string";

const PAYLOAD_CHECKS: [string, (value: unknown) => boolean, string, HazardEventKind[]][] = [
  ["grade", (value) => value === "general" || value === "major", "unknown-grade", ["confirmed", "regraded"]],
  ["deadline", (value) => reads(parseDate, value), "not-a-date", ["extended", "deadline_set"]],
  ["completed_on", (value) => reads(parseDate, value), "not-a-date", []],
  ["result", (value) => value === "pass" || value === "return", "unknown-result", ["rechecked"]],
  ["to_org", isText, "not-text", ["transferred"]],
  ["to_department_id", isUuid, "not-a-uuid", []],
  ["into", isUuid, "not-a-uuid", ["merged"]],
  ["text", isText, "not-text", ["noted"]],
  ["commitments", isObject, "not-an-object", []],
  ["owner", isObject, "not-an-object", []],
  ["immediate_measure", isObject, "not-an-object", []],
  ["determinations", Array.isArray, "not-a-list", []],
  ["basis", Array.isArray, "not-a-list", []],
  ["photos", arePhotos, "not-photos", []],
];

/**
 * What travels between phone and server, as the phone reads and writes it. Types only. The OpenAPI document of the server
 * is the authority; src/api/openapi.ts is generated from it.
 */

import type { ImmediateMeasure } from "../sync/hazards.ts";
import type { VisitScope } from "../vocabulary/codes.ts";
import type { Clock } from "../media/clock.ts";
import type { FrequencyUnit } from "../vocabulary/codes.ts";
import type { Position } from "../media/position.ts";

export type Uuid = string;
/** RFC 3339 with offset. */
export type Timestamp = string;
/** YYYY-MM-DD in Beijing time. */
export type DateText = string;

export interface Text {
  zh: string;
  en: string;
}

export type Role = "inspector" | "supervisor" | "county_office" | "administrator";

export interface User {
  id: Uuid;
  username: string;
  name: string;
  title: string | null;
  county_code: string;
  roles: { role: Role; scope_kind: string; scope_id: string | null; scope_name?: string | null }[];
  locale: string | null;
}

export interface SessionReply {
  expires_at: Timestamp;
  server_time: Timestamp;
  user: User;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  code?: string;
  params?: Record<string, unknown>;
  instance?: string;
  errors?: { pointer: string; code: string; detail?: string; params?: Record<string, unknown> }[];
}

export type { Clock } from "../media/clock.ts";
export type { Position } from "../media/position.ts";

export interface Person {
  name: string;
  title: string;
  phone?: string;
}

export type ItemAnswerResult = "pass" | "fail" | "partial" | "not_applicable" | "unchecked";

export interface Answer {
  result?: ItemAnswerResult;
  occurrences?: number;
  value?: string | string[];
  design?: string;
  reason?: string;
  remark?: string;
  photos?: Uuid[];
  hazards?: Uuid[];
}

export type ProfileValue = string | boolean;

export interface RepeatInstance {
  id?: string;
  key: string;
  answers: Record<string, Answer>;
}

export interface AnswersDocument {
  profile: Record<string, ProfileValue>;
  answers: Record<string, Answer>;
  repeats: Record<string, RepeatInstance[]>;
  scope?: VisitScope;
  sections?: string[];
  none_here?: Record<string, { reason: string }>;
}

export interface ChecklistRef {
  id: string;
  version: string;
  hash: string;
}

export interface ChecklistSummary extends ChecklistRef {
  title: Text;
  sector: string | null;
  status: "draft" | "published" | "retired";
  applies_to: { subject_kinds: string[] };
  item_count: number;
}

export interface PairingSummary {
  id: Uuid;
  layer: string;
  org_name: string;
  officer_name: string;
  members: { id: Uuid; name: string }[];
  mine: boolean;
  frequencies: { count: number; unit: FrequencyUnit }[];
}

/** What a pairing asks for (sync/obligations), and how many of its obligations the server's visits satisfy. */
export interface DutyBody {
  pairing_id: Uuid;
  first: DateText;
  last: DateText | null;
  count: number;
  unit: FrequencyUnit;
  span_shares: { from: DateText; numerator: number; denominator: number }[];
  satisfied: number;
  next_due: DateText | null;
}

export interface SubjectBody {
  id: Uuid;
  name: string;
  short_name?: string | null;
  kind: string;
  group: string | null;
  sectors: string[];
  town_code: string;
  town_name: string;
  village_code: string | null;
  village_name: string | null;
  address: string | null;
  position: { lng: number; lat: number; datum: string } | null;
  representative: { name: string; title: string | null; phone: string | null } | null;
  profile: Record<string, ProfileValue>;
  initials: string;
  /** Missing in what was kept before it travelled. */
  pinyin?: string;
  industry_department: { id: Uuid; name: string } | null;
  pairings: PairingSummary[];
  last_visit_on: DateText | null;
  /** When the latest visit was made that the duties count. */
  visits_until: Timestamp | null;
  duties: DutyBody[];
  open_hazards: number;
  risk_color: string | null;
}

export type HazardStateName = "draft" | "confirmed" | "assigned" | "rectifying" | "submitted" | "closed" | "voided";
export type HazardGrade = "general" | "major";
export type KindOfHazard = "unsafe_state" | "unsafe_act" | "management_defect";
export type HazardSource = "self_check" | "pairing_visit" | "department_check" | "tip_off" | "handed_down";
export type PhotoRole = "overview" | "close_up" | "name_plate" | "before" | "after" | "signature" | "paper" | "item" | "measure";

export interface Citation {
  standard: string;
  clause: string;
}

export interface PhotoMark {
  shape: "circle";
  x: number;
  y: number;
  r: number;
}

export interface HazardPhoto {
  id: Uuid;
  role: PhotoRole;
  thumbnail_url?: string | null;
  display_url?: string | null;
  sha256?: string | null;
  review?: { decision: string; reason: string | null; mark: PhotoMark | null } | null;
}

/** The server's projection of a hazard; fields which a phone does not read are left out here. */
export interface HazardBody {
  id: Uuid;
  subject_id: Uuid;
  number: string | null;
  state: HazardStateName;
  grade: HazardGrade;
  description: string | null;
  spot: string | null;
  kind_of_hazard: KindOfHazard | null;
  basis: Citation[];
  determinations: string[];
  deadline: DateText | null;
  original_deadline?: DateText | null;
  found_at: Timestamp;
  submitted_at?: Timestamp | null;
  reported_by?: Uuid | null;
  closed_at?: Timestamp | null;
  owner: Person | null;
  responsible_unit: string | null;
  returned_count: number;
  return_reason?: string | null;
  fixed_on_spot: boolean;
  item_path?: string | null;
  submission_id?: Uuid | null;
  checklist_id?: string | null;
  photos: HazardPhoto[];
  immediate_measure?: ImmediateMeasure | null;
  /** What the unit reported with its rectification (五落实). */
  completed_on?: DateText | null;
  commitments?: { responsible_person?: string | null; measures?: string | null; funds_wan?: string | number | null; deadline?: string | null; contingency_plan?: string | null };
  missing_commitments?: string[];
}

export interface PhotoReviewBody {
  photo_id: Uuid;
  hazard_id: Uuid | null;
  subject_id: Uuid;
  item_path: string | null;
  decision: "approved" | "returned" | "second_opinion" | "withdrawn";
  reason: string | null;
  mark: PhotoMark | null;
  reviewed_at: Timestamp;
  reviewer_name: string | null;
}

export interface Change {
  kind: string;
  id: string;
  deleted: boolean;
  body: unknown;
}

export interface ChangesReply {
  cursor: string;
  more: boolean;
  server_time: Timestamp;
  changes: Change[];
}

export interface Receipt {
  code: string;
  kind: "record" | "photo" | "visit";
  id: Uuid;
  sha256: string;
  received_at: Timestamp;
}

export type RecordStatus = "accepted" | "already_accepted" | "quarantined" | "conflict" | "refused";

export interface RecordResult {
  id: Uuid;
  status: RecordStatus;
  receipt: Receipt | null;
  problem: Problem | null;
}

/** Whether everything that a visit announced is durable on the server; the receipt comes with completeness. */
export interface VisitArrival {
  id: Uuid;
  complete: boolean;
  missing: { records: Uuid[]; photos: Uuid[]; different_photos?: Uuid[] };
  receipt: Receipt | null;
}

export interface PushReply {
  server_time: Timestamp;
  results: RecordResult[];
  visits?: VisitArrival[];
}

export type Signature =
  | { kind: "signed"; photo_id: Uuid }
  | { kind: "paper"; photo_id: Uuid }
  | { kind: "refused"; reason: string }
  | { kind: "absent"; reason: string };

export interface VisitBody {
  pairing_id: Uuid | null;
  started_at: Timestamp;
  finished_at: Timestamp;
  position: Position | null;
  companions: string[];
  representative: Person;
  signature: Signature;
  summary?: string;
  expected: { records: Uuid[]; photos: { id: Uuid; sha256: string; size_bytes: number }[] };
  clock: Clock;
}

export interface PhotoBody {
  photo_id: Uuid;
  hazard_id: Uuid | null;
  item_path: string | null;
  submission_id: Uuid | null;
  role: PhotoRole;
  sha256: string;
  size_bytes: number;
  media_type: string;
  width: number | null;
  height: number | null;
  source: "camera" | "album";
  captured_at: Timestamp;
  position: Position | null;
  no_position_reason?: string;
  clock: Clock;
  original: { sha256: string; size_bytes: number; media_type: string } | null;
  marks?: PhotoMark[];
}

export interface FoundBody {
  hazard_id: Uuid;
  kind: "found";
  at: Timestamp;
  subject_id: Uuid;
  submission_id: Uuid | null;
  item_path: string | null;
  checklist_id: string | null;
  description: string;
  spot: string;
  kind_of_hazard: KindOfHazard;
  grade: HazardGrade;
  grade_suggested: HazardGrade | null;
  determinations: string[];
  basis: Citation[];
  deadline: DateText | null;
  deadline_rule: { days: number; day_kind: "calendar" | "working" } | null;
  owner: Person | null;
  photos: { id: Uuid; role: PhotoRole }[];
  no_photo_reason?: string;
  immediate_measure?: ImmediateMeasure;
  fixed_on_spot: boolean;
  source: HazardSource;
}

/** What one person's vault on a phone holds, table by table. Rows are plain values that IndexedDB can clone. */
import type { AnswersDocument, ChecklistRef, ChecklistSummary, Citation, DateText, DraftReply, DraftRow, Draft, Hazard, LeftSubject, Person, PhotoMark, PhotoReview, Problem, Receipt, Subject, Text, Timestamp, Uuid } from "../../api/wire.ts";
import type { Clock } from "../../media/clock.ts";
import type { Position } from "../../media/position.ts";
import type { HazardGrade, HazardSource, KindOfHazard, PhotoRole } from "../../vocabulary/codes.ts";
import type { ImmediateMeasure } from "../../sync/hazards.ts";
import type { Located } from "../../media/position.ts";
import type { PreparedPhoto } from "../../media/prepare.ts";
import type { PhotoFailure } from "./failures.ts";
import type { Envelope, RecordKind } from "../../sync/records.ts";

export type SubjectRow = Subject;
/** What a phone reads of a hazard; its own findings have no number and no addresses of pictures yet. */
export type HazardRow = Pick<Hazard, HazardKey> & Partial<Pick<Hazard, "completed_on" | "commitments" | "missing_commitments">> & { number: string | null; photos: (Pick<HazardPhoto, "id" | "role"> & Partial<HazardPhoto>)[] };
type HazardPhoto = Hazard["photos"][number];
type HazardKey =
  | "id" | "subject_id" | "state" | "grade" | "description" | "spot" | "kind_of_hazard" | "basis" | "determinations" | "deadline"
  | "original_deadline" | "found_at" | "submitted_at" | "reported_by" | "closed_at" | "owner" | "responsible_unit" | "returned_count"
  | "return_reason" | "fixed_on_spot" | "item_path" | "submission_id" | "checklist_id" | "immediate_measure";

export type ReviewRow = PhotoReview;

/** Whom the phone names: its screens ask for a name and a title. */
export type NamedPerson = Person & { name: string; title: string };

export type Signature =
  | { kind: "signed" | "paper"; photo_id: Uuid }
  | { kind: "refused" | "absent"; reason: string };
export type ReceiptRow = Receipt;

/** A published version; the document follows when it has been fetched, and then never changes. */
export interface ChecklistRow extends ChecklistSummary {
  document: unknown | null;
}

export interface VisitRow {
  id: Uuid;
  subject_id: Uuid;
  /** Kept here too, since the subject may leave my roster before the visit is sent. */
  subject_name: string;
  pairing_id: Uuid | null;
  state: "open" | "finished";
  started_at: Timestamp;
  finished_at: Timestamp | null;
  position: Position | null;
  companions: string[];
  representative: NamedPerson | null;
  signature: Signature | null;
  summary: string;
  /** Set when the visit is finished: what must have arrived before anything may be deleted. */
  expected_records: Uuid[];
  expected_photos: Uuid[];
  receipt: string | null;
  received_at: Timestamp | null;
  changed_at: Timestamp;
}

export interface SubmissionRow extends AnswersDocument {
  id: Uuid;
  visit_id: Uuid;
  subject_id: Uuid;
  checklist: ChecklistRef;
  revises: Uuid | null;
  started_at: Timestamp;
  /** What did not fit when the draft went over to a newer version of its checklist; sent along, never dropped. */
  earlier: EarlierAnswers[];
  /** Counts every write, so that finishing notices an answer given in another tab meanwhile. */
  revision: number;
  changed_at: Timestamp;
}

/** The answers alone: the rest of the row is the phone's own business and no part of the document that rules read. */
export function answersOf({ profile, answers, repeats, scope, sections, none_here }: SubmissionRow): AnswersDocument {
  return {
    profile, answers, repeats,
    ...(scope === undefined ? {} : { scope }), ...(sections === undefined ? {} : { sections }), ...(none_here === undefined ? {} : { none_here }),
  };
}

/** Answers to an older version of the checklist for which the newer one has no place. */
export interface EarlierAnswers {
  checklist: ChecklistRef;
  carried_at: Timestamp;
  answers: EarlierAnswer[];
}

export interface EarlierAnswer {
  path: string;
  code: string;
  /** What the answer was to, since the newer version may not have it any more. */
  statement: Text | null;
  /** Labels of the options that were chosen. */
  chosen: Text[];
  answer: unknown;
}

/** A hazard sheet that can still be edited; it becomes a `found` event when the visit is finished. */
export interface HazardDraftRow {
  id: Uuid;
  visit_id: Uuid;
  subject_id: Uuid;
  submission_id: Uuid | null;
  item_path: string | null;
  checklist_id: string | null;
  found_at: Timestamp;
  description: string;
  spot: string;
  kind_of_hazard: KindOfHazard;
  grade: HazardGrade;
  grade_suggested: HazardGrade | null;
  determinations: string[];
  basis: Citation[];
  deadline: DateText | null;
  deadline_rule: { days: number; day_kind: "calendar" | "working" } | null;
  owner: NamedPerson | null;
  no_photo_reason: string | null;
  /** Missing in sheets that were begun before there were any. */
  immediate_measure?: ImmediateMeasure | null;
  fixed_on_spot: boolean;
  source: HazardSource;
  revision: number;
}

export interface RecheckDraftRow {
  hazard_id: Uuid;
  visit_id: Uuid;
  result: "pass" | "return";
  reason: string;
  at: Timestamp;
  revision: number;
}

/** `waiting` may be sent; the other states are the server's last word. */
export type RecordState = "waiting" | "stored" | "quarantined" | "refused" | "conflict";

export interface RecordRow {
  id: Uuid;
  visit_id: Uuid | null;
  hazard_id: Uuid | null;
  kind: RecordKind;
  /** Records go in the order in which they were made; a visit's own record is the last of it. */
  order: number;
  state: RecordState;
  envelope: Envelope<object>;
  problem: Problem | null;
  receipt: string | null;
  /** What the office decided about a quarantined record. */
  resolution?: QuarantineResolution | null;
}

export interface QuarantineResolution {
  state: "accepted" | "corrected" | "set_aside";
  reason: string;
  by: string | null;
  at: Timestamp | null;
}

/** `elsewhere`: the draft was begun on another device, which still has the bytes. */
export type UploadState = "waiting" | "sending" | "stored" | "refused" | "elsewhere";

export interface PhotoRow {
  id: Uuid;
  visit_id: Uuid | null;
  subject_id: Uuid;
  submission_id: Uuid | null;
  item_path: string | null;
  hazard_id: Uuid | null;
  role: PhotoRole;
  sha256: string;
  size_bytes: number;
  media_type: string;
  width: number | null;
  height: number | null;
  source: "camera" | "album";
  captured_at: Timestamp;
  position: Position | null;
  no_position_reason: string | null;
  clock: Clock;
  original: { sha256: string; size_bytes: number; media_type: string } | null;
  marks: PhotoMark[];
  revision: number;
  upload: PhotoUpload;
  /** False once the bytes were given up, long after the visit's receipt. */
  bytes_kept: boolean;
}

export interface PhotoUpload {
  state: UploadState;
  /** Where an interrupted upload goes on. */
  url: string | null;
  offset_bytes: number;
  failed_attempts: number;
  next_try_ms: number | null;
  problem: Problem | null;
  receipt: string | null;
}

export const FRESH_UPLOAD: Readonly<PhotoUpload> = {
  state: "waiting",
  url: null,
  offset_bytes: 0,
  failed_attempts: 0,
  next_try_ms: null,
  problem: null,
  receipt: null,
};

/**
 * A file that somebody chose for a photo, as it was picked; its bytes lie under the same id as those of photos. It becomes a photo
 * once it is scaled and hashed, also after the page was closed meanwhile.
 */
export interface PickedRow {
  id: Uuid;
  /** Null for one that is taken again without a visit, because of `review`. */
  visit_id: Uuid | null;
  review: PhotoReview | null;
  subject_id: Uuid;
  submission_id: Uuid | null;
  item_path: string | null;
  hazard_id: Uuid | null;
  role: PhotoRole;
  source: "camera" | "album";
  picked_at: Timestamp;
  /** What the file itself says, for album pictures without EXIF. */
  modified_ms: number;
  clock: Clock;
  media_type: string;
  located: Located | null;
  order: number;
  /** Of one that is looked at before it is kept: scaled and hashed already. */
  prepared: Omit<PreparedPhoto, "bytes" | "thumbnail"> | null;
  /** It is no photo, or could not be made one; the person is told and takes it away. */
  failure: PhotoFailure | null;
}

/** Array buffers and not Blobs: WebKit loses Blobs stored in IndexedDB when it is short of memory. */
export interface PhotoBytesRow {
  photo_id: Uuid;
  bytes: ArrayBuffer;
  thumbnail: ArrayBuffer | null;
}

/** A copy of a photo that came from the server, so that a re-check can be compared with it offline. */
export interface PictureRow {
  photo_id: Uuid;
  /** `display` is large enough to stand on the same spot again; only for hazards that wait for their re-check. */
  size: "thumbnail" | "display";
  hazard_id: Uuid;
  bytes: ArrayBuffer;
}

/** A visit in progress as it lies on the server, without what was filled in. */
export type DraftSummary = DraftRow;

/** The rows of a visit in progress, as they travel to the server and to another device. */
export interface DraftContent {
  format: 1;
  visit: VisitRow;
  submissions: SubmissionRow[];
  hazards: HazardDraftRow[];
  rechecks: RecheckDraftRow[];
  photos: PhotoRow[];
}

/** Its content is a phone's own; the server hands it back as it came. */
export type DraftDocument = Omit<DraftReply, "content"> & { content: DraftContent };

export type DraftToSave = Omit<Draft, "content"> & { content: DraftContent };

/** What this phone and the server know of each other's copy of a visit in progress. */
export interface MirrorRow {
  visit_id: Uuid;
  subject_id: Uuid;
  /** Another device's copy, or another person's; null when the server has none or only this phone's own. */
  server: DraftSummary | null;
  /** The server's revision that this phone's rows came from or went to. */
  based_on: number | null;
  /** Fingerprint of the rows that the server has; with another one now there is something to send. */
  mirrored: string | null;
  mirrored_at: Timestamp | null;
  /** The other copy where both went on, kept so that a person can choose without a network. */
  other: DraftDocument | null;
  /** The visit was submitted from another device while it is still open here. */
  finished_elsewhere: boolean;
  /** Thrown away here; the server is told when it can be reached. */
  discarded: boolean;
  /** A person decided something that the other device should hear of soon. */
  urgent: boolean;
}

/** A copy of a visit in progress that gave way to another; nothing of it is thrown away by itself. */
export interface SetAsideRow {
  id: Uuid;
  visit_id: Uuid;
  set_aside_at: Timestamp;
  /** `mine` was filled in on this phone, `other` came from another device. */
  from: "mine" | "other";
  author_name: string | null;
  content: DraftContent;
}

/** A subject that was mine: nothing more comes of it, and whose it is now. */
export type LeftRow = LeftSubject & {
  /** When this phone heard of it. */
  heard_at: Timestamp;
};

export interface MetaRow {
  key: string;
  value: unknown;
}

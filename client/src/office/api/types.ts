/** What the desk reads from the server. Shapes only; the rules behind the figures stay on the server. */
import type { components } from '../../api/openapi';

export type { User } from '../../api/wire.ts';

export interface LocalText { zh: string; en: string }
export interface Position { lng: number; lat: number; datum?: string; accuracy_m?: number | null; provider?: string | null }
export interface Person { name: string; title?: string | null; phone?: string | null }

export type Grade = 'general' | 'major';
export type HazardState = 'draft' | 'confirmed' | 'assigned' | 'rectifying' | 'submitted' | 'closed' | 'voided';
export type HazardSource = 'self_check' | 'pairing_visit' | 'department_check' | 'tip_off' | 'handed_down';
export type ReviewDecision = 'approved' | 'returned' | 'second_opinion';
export type ReviewState = 'pending' | ReviewDecision;

export interface Area { code: string; name: string; kind: string; parent_code: string | null; position?: Position | null }
export interface Department { id: string; name: string; code?: string | null }

export interface SubjectBrief {
  id: string; name: string; kind: string; sectors: string[]; town_code: string; town_name: string;
  village_name?: string | null; address?: string | null; position?: Position | null; open_hazards?: number | null;
}

type Schemas = components['schemas'];
export type FigureValue = Schemas['Figure'];
export type Figures = Schemas['Figures'];
export type Overview = Schemas['Overview'];
export type ZeroAccident = Schemas['ZeroAccident'];
export type Comparison = Schemas['Comparison'];
export type ComparisonRow = Schemas['ComparisonRow'];
export type FigureRows = Schemas['FigureRows'];
export type FigureRow = Schemas['FigureRow'];
export type TrendPoint = Schemas['TrendPoint'];
export type SubjectScore = Schemas['SubjectScore'];
export type SubjectScoreRow = Schemas['SubjectRow'];
export type SubjectScoreDetail = Schemas['SubjectPage'];
export type ScoredVisit = Schemas['ScoredVisit'];
export type ScoredSubmission = Schemas['ScoredSubmission'];

export interface HazardBrief {
  id: string; number: string; subject: { id: string; name: string; town_name: string | null; sectors: string[] };
  description: string; spot: string | null; grade: Grade; state: HazardState; overdue: boolean;
  found_at: string; deadline: string | null; submitted_at: string | null; closed_at: string | null;
  owner: Person | null; responsible_unit: string | null; source: HazardSource | null; returned_count: number;
  photos: { id: string; role: string; thumbnail_url: string | null }[];
}
export interface HazardPhoto { id: string; role: string; thumbnail_url: string | null; display_url: string | null; review?: PhotoReview | null; captured_at?: string | null }
export interface HazardEvent { id: string; kind: string; at: string; received_at: string; author_name: string | null; body: Record<string, unknown>; ineffective: string | null }
export interface Commitments { responsible_person?: string | null; measures?: string | null; funds_wan?: string | number | null; deadline?: string | null; contingency_plan?: string | null }
export interface HazardDetail extends Omit<HazardBrief, 'photos'> {
  original_deadline: string | null; fixed_on_spot: boolean; photos: HazardPhoto[];
  kind_of_hazard: string | null; basis: { standard: string; clause: string; name?: string | null }[]; determinations: string[];
  commitments: Commitments | null; missing_commitments: string[]; confirmed_at: string | null; return_reason: string | null; events: HazardEvent[];
}

export interface Circle { shape: 'circle'; x: number; y: number; r: number }
export interface PhotoReview { decision: ReviewDecision; reason: string | null; mark: Circle | null; reviewed_at?: string; reviewer_name?: string | null }
export interface Flag { code: string; severity: string; params: Record<string, unknown> }
export interface PhotoPositions { subject: Position | null; photo_exif: Position | null; device_fix: Position | null }
export interface ReviewPhoto {
  reviews: { id: string }[];
  id: string; role: string; source: string | null; display_url: string | null; thumbnail_url: string | null; original_url: string | null; marked_url: string | null;
  width: number | null; height: number | null; captured_at: string | null; uploaded_at: string | null; author_name: string | null; broken: string | null;
  positions: PhotoPositions; distances_m: { subject_device: number | null; subject_exif: number | null; device_exif: number | null }; review: PhotoReview | null;
  marks?: Circle[];
}
export interface ReviewItem {
  photo: ReviewPhoto; before: ReviewPhoto | null; after: ReviewPhoto | null;
  subject: { id: string; name: string; town_code: string; town_name: string; sectors: string[] };
  hazard: { id: string; number: string; description: string; spot: string | null; grade: Grade; state: HazardState; deadline: string | null } | null;
  flags: Flag[]; positions: PhotoPositions; distances_m: ReviewPhoto['distances_m']; review: PhotoReview | null;
}

export type DownloadKind = 'subject_scores' | 'town_comparison' | 'hazard_ledger';
export type DownloadFormat = 'xlsx' | 'csv' | 'json' | 'geojson';
export interface Download {
  id: string; kind: DownloadKind; format: DownloadFormat; period: string | null; filters: Record<string, string>;
  state: 'queued' | 'running' | 'done' | 'failed'; progress: { done: number; total: number }; reason: string | null;
  file_name: string | null; size_bytes: number | null; file_url: string | null; created_at: string; finished_at: string | null;
}

export interface VisitBrief {
  id: string; subject_id: string; subject_name?: string; town_code?: string; officer_name: string | null;
  started_at: string; finished_at: string; received_at: string; complete: boolean;
  missing: { records: string[]; photos: string[]; different_photos: string[] }; receipt: { code: string; sha256: string; received_at: string } | null;
  signature: { kind: string | null; reason: string | null };
  photos_expected: number; records_expected: number;
}
export interface VisitSubmission {
  id: string; checklist: { id: string; hash: string }; finished_at: string; superseded: boolean;
  score: { display: string; provisional: boolean; checked: number; total: number; grade: string | null; insufficient_sample: boolean };
}
export interface VisitDetail extends VisitBrief { position: Position | null; representative: Person | null; submissions: VisitSubmission[] }
export interface Receipt { code: string; kind: 'record' | 'photo' | 'visit'; id: string; sha256: string; received_at: string }
export interface ReceiptAnswer {
  receipt: Receipt; subject: { id: string; name: string } | null; visit_id: string | null; record_kind: string | null;
  author_name: string | null; made_at: string | null; thumbnail_url: string | null;
}

export interface ChecklistBrief { id: string; version: string; hash: string; title: LocalText; sector: string | null; status: string; applies_to: { subject_kinds: string[] }; item_count: number }
export interface ChecklistItem {
  id: string; type: string; statement: LocalText; how?: LocalText; photo_hint?: LocalText; points: number; gate?: boolean; veto?: boolean; relevant?: unknown;
  not_applicable?: { reasons: LocalText[] } | null;
  number?: { unit: string; limits: Partial<Record<'below' | 'at_most' | 'above' | 'at_least', number>>[] };
  choice?: { options: { value: string; label: LocalText; result: string }[] };
  facts?: { options: { value: string; label: LocalText }[] };
  basis?: { standard: string; clause: string }[]; unverified?: { reason: LocalText };
  hazard?: { phrases: LocalText[]; deadline?: { days: number; day_kind: string }; evidence?: LocalText; determinations?: string[] };
}
export interface ChecklistSection { id: string; title: LocalText; weight: number; relevant?: unknown; repeat?: unknown; gate_minimum_percent?: number; items: ChecklistItem[] }
export interface ChecklistDocument {
  id: string; version: string; status: string; title: LocalText; sector: string | null; valid_from: string; sections: ChecklistSection[];
  changelog?: { version: string; changes: LocalText[] }[];
  determinations?: { id: string; title: LocalText; standard: string; clause: string; grade: Grade; halt: string; regulator: string; unverified?: { reason: LocalText } }[];
}
export type { StandardDocument as Standard } from '../../forms/format.ts';

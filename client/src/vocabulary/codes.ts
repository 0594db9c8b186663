// Generated from vocabulary/*.json by `python -m vocabulary`; not edited by hand.

/** What a person is in the service. */
export const Role = {
  inspector: "inspector",
  supervisor: "supervisor",
  county_office: "county_office",
  administrator: "administrator",
} as const;
export type Role = (typeof Role)[keyof typeof Role];

/** What a role covers. */
export const ScopeKind = {
  county: "county",
  town: "town",
  department: "department",
  sector: "sector",
  self: "self",
} as const;
export type ScopeKind = (typeof ScopeKind)[keyof typeof ScopeKind];

/** Who made a record or did something to a hazard. */
export const AuthorKind = {
  user: "user",
  subject_link: "subject_link",
  service: "service",
} as const;
export type AuthorKind = (typeof AuthorKind)[keyof typeof AuthorKind];

/** What a role may do; the session tells the client which of them are given. */
export const Action = {
  read_forms: "forms:read",
  write_forms: "forms:write",
  publish_forms: "forms:publish",
  sync: "sync:use",
  read_subjects: "subjects:read",
  read_visits: "visits:read",
  read_hazards: "hazards:read",
  act_on_hazards: "hazards:act",
  upload_photos: "photos:upload",
  read_photos: "photos:read",
  review_photos: "photos:review",
  read_scores: "scores:read",
  download: "downloads:make",
  read_quarantine: "quarantine:read",
  resolve_quarantine: "quarantine:resolve",
  import_rescue: "rescue:import",
  mend_work: "work:mend",
  administer: "service:administer",
} as const;
export type Action = (typeof Action)[keyof typeof Action];

/** What was found at a checklist item. */
export const AnswerResult = {
  pass: "pass",
  partial: "partial",
  fail: "fail",
  not_applicable: "not_applicable",
  unchecked: "unchecked",
} as const;
export type AnswerResult = (typeof AnswerResult)[keyof typeof AnswerResult];

/** What a checklist item asks for. */
export const ItemKind = {
  judgement: "judgement",
  number: "number",
  choice: "choice",
  facts: "facts",
  text: "text",
  photo: "photo",
} as const;
export type ItemKind = (typeof ItemKind)[keyof typeof ItemKind];

/** What kind of answer a fact about a subject is. */
export const ProfileKind = {
  choice: "choice",
  boolean: "boolean",
  number: "number",
} as const;
export type ProfileKind = (typeof ProfileKind)[keyof typeof ProfileKind];

/** Whether phones are offered a version. */
export const ChecklistStatus = {
  draft: "draft",
  published: "published",
  retired: "retired",
} as const;
export type ChecklistStatus = (typeof ChecklistStatus)[keyof typeof ChecklistStatus];

/** Who wrote a version. */
export const ChecklistOrigin = {
  repository: "repository",
  office: "office",
} as const;
export type ChecklistOrigin = (typeof ChecklistOrigin)[keyof typeof ChecklistOrigin];

/** How a draft ended. */
export const DraftOutcome = {
  published: "published",
  discarded: "discarded",
} as const;
export type DraftOutcome = (typeof DraftOutcome)[keyof typeof DraftOutcome];

/** What a new version changes. */
export const RevisionKind = {
  added: "added",
  removed: "removed",
  retyped: "retyped",
  rescored: "rescored",
  reworded: "reworded",
  relimited: "relimited",
  moved: "moved",
  condition: "condition",
  narrowed: "narrowed",
  widened: "widened",
  grounds: "grounds",
  hazard: "hazard",
  scope: "scope",
  reordered: "reordered",
} as const;
export type RevisionKind = (typeof RevisionKind)[keyof typeof RevisionKind];

/** An error forbids publication; a warning asks the author to look again. */
export const AuthoringSeverity = {
  error: "error",
  warning: "warning",
} as const;
export type AuthoringSeverity = (typeof AuthoringSeverity)[keyof typeof AuthoringSeverity];

/** What a visit looks at in a checklist: its core items and the sections added to them, or all of it. */
export const VisitScope = {
  core: "core",
  full: "full",
} as const;
export type VisitScope = (typeof VisitScope)[keyof typeof VisitScope];

/** How a measured value is compared with its design value. */
export const DesignComparison = {
  percent: "percent",
  difference: "difference",
  quotient: "quotient",
} as const;
export type DesignComparison = (typeof DesignComparison)[keyof typeof DesignComparison];

/** Whether a clause of a standard may decide about a visit of a day; all but the first only let it suggest. */
export const StandardGround = {
  decides: "decides",
  not_in_force: "not_in_force",
  replaced: "replaced",
  stale: "stale",
} as const;
export type StandardGround = (typeof StandardGround)[keyof typeof StandardGround];

/** What the office found when it looked up whether a standard is still the edition in force. */
export const LookupOutcome = {
  in_force: "in_force",
  replaced: "replaced",
} as const;
export type LookupOutcome = (typeof LookupOutcome)[keyof typeof LookupOutcome];

/** What is done at once about a hazard, apart from its rectification. */
export const ImmediateMeasureKind = {
  stop_use: "stop_use",
  stop_work: "stop_work",
  switch_off: "switch_off",
  withdraw: "withdraw",
  cordon_off: "cordon_off",
} as const;
export type ImmediateMeasureKind = (typeof ImmediateMeasureKind)[keyof typeof ImmediateMeasureKind];

/** Bands of a score. */
export const ScoreGrade = {
  excellent: "excellent",
  good: "good",
  qualified: "qualified",
  unqualified: "unqualified",
} as const;
export type ScoreGrade = (typeof ScoreGrade)[keyof typeof ScoreGrade];

/** How a checklist shows a score. */
export const Rounding = {
  one_decimal: "one_decimal",
  whole: "whole",
} as const;
export type Rounding = (typeof Rounding)[keyof typeof Rounding];

/** What a photo shows. */
export const PhotoRole = {
  overview: "overview",
  close_up: "close_up",
  name_plate: "name_plate",
  before: "before",
  after: "after",
  signature: "signature",
  paper: "paper",
  item: "item",
  measure: "measure",
} as const;
export type PhotoRole = (typeof PhotoRole)[keyof typeof PhotoRole];

/** How a photo came into the phone. */
export const PhotoSource = {
  camera: "camera",
  album: "album",
} as const;
export type PhotoSource = (typeof PhotoSource)[keyof typeof PhotoSource];

/** Integrity flags: hints for the reviewer, never a refusal. */
export const FlagCode = {
  no_position: "no_position",
  far_from_subject: "far_from_subject",
  positions_disagree: "positions_disagree",
  outside_county: "outside_county",
  outside_visit: "outside_visit",
  clock_off: "clock_off",
  exif_time_off: "exif_time_off",
  album: "album",
  edited_by_software: "edited_by_software",
  same_bytes_elsewhere: "same_bytes_elsewhere",
  near_same_elsewhere: "near_same_elsewhere",
  after_like_before: "after_like_before",
  broken_picture: "broken_picture",
} as const;
export type FlagCode = (typeof FlagCode)[keyof typeof FlagCode];

/** A hint about a position, never a refusal: the boxes are coarse (about 2 km) and the county encloses the city district. */
export const AreaWarning = {
  outside_county: "outside_county",
  in_city_district: "in_city_district",
} as const;
export type AreaWarning = (typeof AreaWarning)[keyof typeof AreaWarning];

/** info: a legal state that is good to know; notice: look; warning: look twice. */
export const FlagSeverity = {
  info: "info",
  notice: "notice",
  warning: "warning",
} as const;
export type FlagSeverity = (typeof FlagSeverity)[keyof typeof FlagSeverity];

/** An act of a photo's reviewer; `withdrawn` takes the one before it back. */
export const ReviewDecision = {
  approved: "approved",
  returned: "returned",
  second_opinion: "second_opinion",
  withdrawn: "withdrawn",
} as const;
export type ReviewDecision = (typeof ReviewDecision)[keyof typeof ReviewDecision];

/** Where a photo stands in review. */
export const ReviewState = {
  pending: "pending",
  approved: "approved",
  returned: "returned",
  second_opinion: "second_opinion",
} as const;
export type ReviewState = (typeof ReviewState)[keyof typeof ReviewState];

/** Coordinate systems of positions. */
export const Datum = {
  wgs_84: "WGS-84",
  gcj_02: "GCJ-02",
  bd_09: "BD-09",
  cgcs2000: "CGCS2000",
} as const;
export type Datum = (typeof Datum)[keyof typeof Datum];

/** Where a phone's position came from. */
export const PositionProvider = {
  gps: "gps",
  network: "network",
  manual: "manual",
  none: "none",
} as const;
export type PositionProvider = (typeof PositionProvider)[keyof typeof PositionProvider];

/** Shapes a reviewer or inspector draws on a photo. */
export const MarkShape = {
  circle: "circle",
} as const;
export type MarkShape = (typeof MarkShape)[keyof typeof MarkShape];

/** What a place of a document holds. */
export const ValueType = {
  string: "string",
  boolean: "boolean",
  decimal: "decimal",
  integer: "integer",
  array: "array",
  object: "object",
} as const;
export type ValueType = (typeof ValueType)[keyof typeof ValueType];

/** What is wrong with one place of a request or a record; `params` fill the words. */
export const FaultCode = {
  missing: "missing",
  unknown_key: "unknown-key",
  null: "null",
  wrong_type: "wrong-type",
  too_long: "too-long",
  too_short: "too-short",
  below_minimum: "below-minimum",
  above_maximum: "above-maximum",
  too_many_values: "too-many-values",
  too_few_values: "too-few-values",
  duplicate_value: "duplicate-value",
  not_a_member: "not-a-member",
  not_an_option: "not-an-option",
  not_a_uuid: "not-a-uuid",
  not_a_sha256: "not-a-sha256",
  not_a_time: "not-a-time",
  not_a_date: "not-a-date",
  not_a_period: "not-a-period",
  day_out_of_range: "day-out-of-range",
  not_well_formed: "not-well-formed",
  not_an_object: "not-an-object",
  not_a_list: "not-a-list",
  not_text: "not-text",
  not_photos: "not-photos",
  not_json: "not-json",
  unsafe_number: "unsafe-number",
  too_deep: "too-deep",
  key_twice: "key-twice",
  nul_character: "nul-character",
  not_scalar_text: "not-scalar-text",
  more_faults: "more-faults",
  not_canonical: "not-canonical",
  hash_mismatch: "hash-mismatch",
  not_the_visit_itself: "not-the-visit-itself",
  differs_from_envelope: "differs-from-envelope",
  unknown_kind: "unknown-kind",
  unknown_grade: "unknown-grade",
  unknown_result: "unknown-result",
  not_yours: "not-yours",
  needs_a_person: "needs-a-person",
  unforeseen: "unforeseen",
  unknown_pairing: "unknown-pairing",
  unknown_department: "unknown-department",
  unknown_hazard: "unknown-hazard",
  unknown_checklist: "unknown-checklist",
  stale: "stale",
  another_checklist: "another-checklist",
  no_positions: "no-positions",
  design_not_allowed: "design-not-allowed",
  duplicate_id: "duplicate-id",
  hazard_on_passed_item: "hazard-on-passed-item",
  malformed_id: "malformed-id",
  none_here_with_instances: "none-here-with-instances",
  duplicate_key: "duplicate-key",
  hidden_item: "hidden-item",
  hidden_section: "hidden-section",
  key_missing: "key-missing",
  occurrences_missing: "occurrences-missing",
  occurrences_not_allowed: "occurrences-not-allowed",
  reason_missing: "reason-missing",
  result_not_allowed: "result-not-allowed",
  section_not_repeated: "section-not-repeated",
  too_few_photos: "too-few-photos",
  too_many_decimals: "too-many-decimals",
  too_many_instances: "too-many-instances",
  too_many_photos: "too-many-photos",
  unknown_item: "unknown-item",
  unknown_profile_key: "unknown-profile-key",
  unknown_section: "unknown-section",
  value_not_allowed: "value-not-allowed",
  wrong_place: "wrong-place",
  not_a_photo: "not-a-photo",
  too_many_pixels: "too-many-pixels",
  undecodable: "undecodable",
  number_wanted: "number-wanted",
  zero_bytes: "zero-bytes",
  unknown_algorithm: "unknown-algorithm",
  not_base64: "not-base64",
  not_a_username: "not-a-username",
  not_a_name: "not-a-name",
  password_length: "password-length",
  password_guessable: "password-guessable",
  username_taken: "username-taken",
  not_for_role: "not-for-role",
  unknown_scope: "unknown-scope",
} as const;
export type FaultCode = (typeof FaultCode)[keyof typeof FaultCode];

/** Every number about subjects, visits, duties, hazards and scores; docs/figures.md defines each. */
export const Figure = {
  subjects: "subjects",
  to_visit: "to_visit",
  visited: "visited",
  coverage_rate: "coverage_rate",
  visits: "visits",
  visits_due: "visits_due",
  visits_due_to_date: "visits_due_to_date",
  visits_overdue: "visits_overdue",
  hazards_found: "hazards_found",
  hazards_closed: "hazards_closed",
  rectification_rate: "rectification_rate",
  hazards_due: "hazards_due",
  on_time_rate: "on_time_rate",
  hazards_overdue: "hazards_overdue",
  overdue_rate: "overdue_rate",
  majors_found: "majors_found",
  majors_closed: "majors_closed",
  majors_open: "majors_open",
  major_rectification_rate: "major_rectification_rate",
  major_on_time_rate: "major_on_time_rate",
  majors_overdue: "majors_overdue",
  major_overdue_rate: "major_overdue_rate",
  carried_closed: "carried_closed",
  scored: "scored",
  mean_score: "mean_score",
  median_score: "median_score",
} as const;
export type Figure = (typeof Figure)[keyof typeof Figure];

/** Which of a figure's rows. */
export const FigurePart = {
  denominator: "denominator",
  numerator: "numerator",
  rest: "rest",
} as const;
export type FigurePart = (typeof FigurePart)[keyof typeof FigurePart];

/** What kind of rows stand behind a figure. */
export const FigureRows = {
  subject: "subject",
  visit: "visit",
  hazard: "hazard",
  obligation: "obligation",
} as const;
export type FigureRows = (typeof FigureRows)[keyof typeof FigureRows];

/** Orders of the list of subjects with their figures. */
export const SubjectOrder = {
  name: "name",
  score: "score",
  rectification_rate: "rectification_rate",
  hazards_overdue: "hazards_overdue",
} as const;
export type SubjectOrder = (typeof SubjectOrder)[keyof typeof SubjectOrder];

/** Kinds of periods that figures are made for. */
export const PeriodUnit = {
  year: "year",
  half_year: "half_year",
  quarter: "quarter",
  month: "month",
  week: "week",
  custom: "custom",
} as const;
export type PeriodUnit = (typeof PeriodUnit)[keyof typeof PeriodUnit];

/** Why a group has no place in a ranking, in the order in which the first that applies is told. */
export const NoPlace = {
  none: "none",
  part: "part",
  empty: "empty",
  cover: "cover",
  few: "few",
} as const;
export type NoPlace = (typeof NoPlace)[keyof typeof NoPlace];

/** What lowers a level below the band of the score. */
export const LevelReason = {
  veto: "veto",
  overdue_major: "overdue_major",
  fatal_accident: "fatal_accident",
} as const;
export type LevelReason = (typeof LevelReason)[keyof typeof LevelReason];

/** What a period's report on major hazards says, in the order in which the first that applies holds. */
export const ZeroReportState = {
  reported: "reported",
  declared_zero: "declared_zero",
  zero_after_visits: "zero_after_visits",
  missing: "missing",
  not_due: "not_due",
} as const;
export type ZeroReportState = (typeof ZeroReportState)[keyof typeof ZeroReportState];

/** Where a visit that is due stands. */
export const ObligationState = {
  met: "met",
  late: "late",
  overdue: "overdue",
  open: "open",
} as const;
export type ObligationState = (typeof ObligationState)[keyof typeof ObligationState];

/** Where a hazard stands in its life. Overdue is derived from dates and never a state. */
export const HazardState = {
  draft: "draft",
  confirmed: "confirmed",
  assigned: "assigned",
  rectifying: "rectifying",
  submitted: "submitted",
  closed: "closed",
  voided: "voided",
} as const;
export type HazardState = (typeof HazardState)[keyof typeof HazardState];

/** What became of an immediate measure: on the help track it is advice that the unit takes or refuses. */
export const ImmediateMeasureState = {
  advised: "advised",
  done: "done",
  refused: "refused",
} as const;
export type ImmediateMeasureState = (typeof ImmediateMeasureState)[keyof typeof ImmediateMeasureState];

/** What can happen to a hazard, in the order of its life: two events of one instant take effect in this order. */
export const HazardEventKind = {
  found: "found",
  item_failed: "item_failed",
  confirmed: "confirmed",
  regraded: "regraded",
  assigned: "assigned",
  deadline_set: "deadline_set",
  transferred: "transferred",
  transfer_accepted: "transfer_accepted",
  extended: "extended",
  accepted: "accepted",
  submitted: "submitted",
  rechecked: "rechecked",
  closed: "closed",
  voided: "voided",
  merged: "merged",
  photo_added: "photo_added",
  noted: "noted",
} as const;
export type HazardEventKind = (typeof HazardEventKind)[keyof typeof HazardEventKind];

/** Why an event is kept but changes nothing. */
export const Ineffective = {
  already_found: "already_found",
  already_confirmed: "already_confirmed",
  not_confirmed: "not_confirmed",
  not_assigned: "not_assigned",
  not_submitted: "not_submitted",
  already_submitted: "already_submitted",
  already_closed: "already_closed",
  voided: "voided",
  commitments_incomplete: "commitments_incomplete",
  deadline_not_later: "deadline_not_later",
  needs_extension: "needs_extension",
  same_grade: "same_grade",
  same_deadline: "same_deadline",
  not_transferred: "not_transferred",
  not_their_duty: "not_their_duty",
  needs_supervisor: "needs_supervisor",
  own_rectification: "own_rectification",
  unreadable: "unreadable",
} as const;
export type Ineffective = (typeof Ineffective)[keyof typeof Ineffective];

/** As whom somebody acts on a hazard. */
export const Capacity = {
  officer: "officer",
  supervisor: "supervisor",
  subject: "subject",
  service: "service",
} as const;
export type Capacity = (typeof Capacity)[keyof typeof Capacity];

/** Why the time of a hazard's event cannot be believed; it counts, but not as on time. */
export const TimeDoubt = {
  after_receipt: "after_receipt",
  outside_visit: "outside_visit",
} as const;
export type TimeDoubt = (typeof TimeDoubt)[keyof typeof TimeDoubt];

/** 隐患等级. */
export const HazardGrade = {
  general: "general",
  major: "major",
} as const;
export type HazardGrade = (typeof HazardGrade)[keyof typeof HazardGrade];

/** What a hazard is an instance of, in the words of the national definition of an accident hazard. */
export const KindOfHazard = {
  unsafe_state: "unsafe_state",
  unsafe_act: "unsafe_act",
  management_defect: "management_defect",
} as const;
export type KindOfHazard = (typeof KindOfHazard)[keyof typeof KindOfHazard];

/** Who brought a hazard to light. */
export const HazardSource = {
  self_check: "self_check",
  pairing_visit: "pairing_visit",
  department_check: "department_check",
  tip_off: "tip_off",
  handed_down: "handed_down",
} as const;
export type HazardSource = (typeof HazardSource)[keyof typeof HazardSource];

/** 五落实: what a rectification must state. */
export const Commitment = {
  responsible_person: "responsible_person",
  measures: "measures",
  funds_wan: "funds_wan",
  deadline: "deadline",
  contingency_plan: "contingency_plan",
} as const;
export type Commitment = (typeof Commitment)[keyof typeof Commitment];

/** What a re-check found. */
export const RecheckResult = {
  pass: "pass",
  return: "return",
} as const;
export type RecheckResult = (typeof RecheckResult)[keyof typeof RecheckResult];

/** What a determination advises to stop at once. */
export const Halt = {
  none: "none",
  device: "device",
  area: "area",
  site: "site",
} as const;
export type Halt = (typeof Halt)[keyof typeof Halt];

/** On which track a determination goes on. */
export const Route = {
  help_track: "help_track",
  enforcement_track: "enforcement_track",
  handover: "handover",
} as const;
export type Route = (typeof Route)[keyof typeof Route];

/** The authority whose criteria a determination follows. */
export const Regulator = {
  emergency_bureau: "emergency_bureau",
  mine_safety_administration: "mine_safety_administration",
  fire_rescue: "fire_rescue",
  market_regulation: "market_regulation",
  housing_construction: "housing_construction",
  transport: "transport",
  ecology: "ecology",
  natural_resources: "natural_resources",
} as const;
export type Regulator = (typeof Regulator)[keyof typeof Regulator];

/** How the days of a rectification deadline are counted. */
export const DayKind = {
  calendar: "calendar",
  working: "working",
} as const;
export type DayKind = (typeof DayKind)[keyof typeof DayKind];

/** What the State Council's holiday notice makes of a day that differs from its week. */
export const AnnouncedDay = {
  off: "off",
  working: "working",
} as const;
export type AnnouncedDay = (typeof AnnouncedDay)[keyof typeof AnnouncedDay];

/** What can be downloaded. */
export const DownloadKind = {
  subject_scores: "subject_scores",
  town_comparison: "town_comparison",
  hazard_ledger: "hazard_ledger",
} as const;
export type DownloadKind = (typeof DownloadKind)[keyof typeof DownloadKind];

/** Formats of downloads. */
export const DownloadFormat = {
  xlsx: "xlsx",
  csv: "csv",
  json: "json",
  geojson: "geojson",
} as const;
export type DownloadFormat = (typeof DownloadFormat)[keyof typeof DownloadFormat];

/** Where a download stands. */
export const DownloadState = {
  queued: "queued",
  running: "running",
  done: "done",
  failed: "failed",
} as const;
export type DownloadState = (typeof DownloadState)[keyof typeof DownloadState];

/** By what figures are compared. */
export const Grouping = {
  town: "town",
  village: "village",
  department: "department",
  sector: "sector",
} as const;
export type Grouping = (typeof Grouping)[keyof typeof Grouping];

/** Kinds of work that follow a commit. */
export const Topic = {
  refresh_subject: "refresh_subject",
  inspect_photo: "inspect_photo",
  build_download: "build_download",
} as const;
export type Topic = (typeof Topic)[keyof typeof Topic];

/** Work that is due every so often. */
export const Periodic = {
  stale_scores: "stale_scores",
  sweep_uploads: "sweep_uploads",
  lost_downloads: "lost_downloads",
  old_downloads: "old_downloads",
  moves_by_date: "moves_by_date",
  compact_feed: "compact_feed",
  count_rows: "count_rows",
} as const;
export type Periodic = (typeof Periodic)[keyof typeof Periodic];

/** Queues of jobs, in the order in which one worker empties them. */
export const QueueName = {
  scores: "scores",
  evidence: "evidence",
  downloads: "downloads",
} as const;
export type QueueName = (typeof QueueName)[keyof typeof QueueName];

/** What can go wrong with a request: kinds, whose words are titles, and cases `of` them, whose words are the detail. */
export const ProblemCode = {
  malformed_request: "malformed-request",
  body_unreadable: "body-unreadable",
  header_wrong: "header-wrong",
  not_signed_in: "not-signed-in",
  sign_in_failed: "sign-in-failed",
  signed_in_as_other: "signed-in-as-other",
  account_closed: "account-closed",
  not_allowed: "not-allowed",
  own_photo: "own-photo",
  not_own_review: "not-own-review",
  cross_site_request: "cross-site-request",
  outside_scope: "outside-scope",
  not_found: "not-found",
  no_such_draft: "no-such-draft",
  no_such_standard: "no-such-standard",
  no_such_version: "no-such-version",
  no_such_download: "no-such-download",
  no_such_photo: "no-such-photo",
  photo_not_here: "photo-not-here",
  photo_only_original: "photo-only-original",
  photo_in_preparation: "photo-in-preparation",
  no_such_receipt: "no-such-receipt",
  no_review_to_withdraw: "no-review-to-withdraw",
  no_such_upload: "no-such-upload",
  subject_not_yours: "subject-not-yours",
  no_such_subject: "no-such-subject",
  no_such_hazard: "no-such-hazard",
  no_such_quarantined: "no-such-quarantined",
  rescued_author_unknown: "rescued-author-unknown",
  no_such_visit_draft: "no-such-visit-draft",
  no_such_submission: "no-such-submission",
  of_another_checklist: "of-another-checklist",
  no_such_failure: "no-such-failure",
  no_such_visit: "no-such-visit",
  method_not_allowed: "method-not-allowed",
  request_timeout: "request-timeout",
  conflict: "conflict",
  version_not_in_use: "version-not-in-use",
  version_in_use: "version-in-use",
  download_not_ready: "download-not-ready",
  photo_not_arrived: "photo-not-arrived",
  too_late_to_withdraw: "too-late-to-withdraw",
  photo_received: "photo-received",
  hazard_of_another_subject: "hazard-of-another-subject",
  record_resolved: "record-resolved",
  username_taken: "username-taken",
  draft_of_another_subject: "draft-of-another-subject",
  offset_mismatch: "offset-mismatch",
  feed_restarted: "feed-restarted",
  changed_meanwhile: "changed-meanwhile",
  gone: "gone",
  draft_closed: "draft-closed",
  download_expired: "download-expired",
  upload_expired: "upload-expired",
  upload_ended: "upload-ended",
  upload_withdrawn: "upload-withdrawn",
  visit_submitted: "visit-submitted",
  precondition_failed: "precondition-failed",
  draft_changed: "draft-changed",
  base_changed: "base-changed",
  tus_version: "tus-version",
  continued_elsewhere: "continued-elsewhere",
  draft_gone: "draft-gone",
  not_publishable: "not-publishable",
  too_large: "too-large",
  file_too_large: "file-too-large",
  photo_too_large: "photo-too-large",
  more_bytes_than_announced: "more-bytes-than-announced",
  unsupported_media_type: "unsupported-media-type",
  content_type_wanted: "content-type-wanted",
  workbook_wanted: "workbook-wanted",
  invalid: "invalid",
  file_missing: "file-missing",
  file_of_another_checklist: "file-of-another-checklist",
  checklists_differ: "checklists-differ",
  approver_missing: "approver-missing",
  explanation_missing: "explanation-missing",
  text_fits_no_cell: "text-fits-no-cell",
  towns_have_no_positions: "towns-have-no-positions",
  period_missing: "period-missing",
  period_too_late: "period-too-late",
  receipt_code_invalid: "receipt-code-invalid",
  cursor_unknown: "cursor-unknown",
  place_in_list_unknown: "place-in-list-unknown",
  not_a_rescue_file: "not-a-rescue-file",
  rescue_file_too_large: "rescue-file-too-large",
  rescue_file_without_manifest: "rescue-file-without-manifest",
  rescue_file_without_author: "rescue-file-without-author",
  rescued_photo_missing: "rescued-photo-missing",
  rescued_member_unreadable: "rescued-member-unreadable",
  rescued_member_too_large: "rescued-member-too-large",
  rescued_member_misnamed: "rescued-member-misnamed",
  rescued_part_damaged: "rescued-part-damaged",
  rescued_entry_unreadable: "rescued-entry-unreadable",
  rescued_draft_damaged: "rescued-draft-damaged",
  kept_misshapen: "kept-misshapen",
  answers_invalid: "answers-invalid",
  checklist_invalid: "checklist-invalid",
  unknown_checklist: "unknown-checklist",
  content_hash_mismatch: "content-hash-mismatch",
  record_conflict: "record-conflict",
  photo_conflict: "photo-conflict",
  event_not_possible: "event-not-possible",
  not_a_photo: "not-a-photo",
  picture_too_large: "picture-too-large",
  rescued_photo_damaged: "rescued-photo-damaged",
  checksum_mismatch: "checksum-mismatch",
  piece_differs: "piece-differs",
  photo_differs: "photo-differs",
  rescued_photo_incomplete: "rescued-photo-incomplete",
  locked: "locked",
  too_many_requests: "too-many-requests",
  too_many_guesses: "too-many-guesses",
  unforeseen: "unforeseen",
  internal: "internal",
  unavailable: "unavailable",
  too_many_signing_in: "too-many-signing-in",
  too_many_uploads: "too-many-uploads",
  storage_full: "storage-full",
} as const;
export type ProblemCode = (typeof ProblemCode)[keyof typeof ProblemCode];

/** What phones push. */
export const RecordKind = {
  visit: "visit",
  submission: "submission",
  hazard_event: "hazard_event",
  photo: "photo",
} as const;
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];

/** What became of a pushed record or of a part of a rescue file. */
export const RecordStatus = {
  accepted: "accepted",
  already_accepted: "already_accepted",
  quarantined: "quarantined",
  conflict: "conflict",
  refused: "refused",
} as const;
export type RecordStatus = (typeof RecordStatus)[keyof typeof RecordStatus];

/** Whether a stored record counts. */
export const RecordState = {
  accepted: "accepted",
  quarantined: "quarantined",
  resolved: "resolved",
} as const;
export type RecordState = (typeof RecordState)[keyof typeof RecordState];

/** Where a record stands that did not fit its checklist. */
export const QuarantineState = {
  open: "open",
  accepted: "accepted",
  corrected: "corrected",
  set_aside: "set_aside",
} as const;
export type QuarantineState = (typeof QuarantineState)[keyof typeof QuarantineState];

/** How a record left quarantine. */
export const QuarantineOutcome = {
  accepted: "accepted",
  corrected: "corrected",
  set_aside: "set_aside",
} as const;
export type QuarantineOutcome = (typeof QuarantineOutcome)[keyof typeof QuarantineOutcome];

/** By what somebody used an id first, when it is not by a record. */
export const ClaimKind = {
  photo: "photo",
  upload: "upload",
  draft: "draft",
  draft_photo: "draft_photo",
  hazard: "hazard",
} as const;
export type ClaimKind = (typeof ClaimKind)[keyof typeof ClaimKind];

/** What a receipt is for. */
export const ReceiptKind = {
  record: "record",
  photo: "photo",
  visit: "visit",
} as const;
export type ReceiptKind = (typeof ReceiptKind)[keyof typeof ReceiptKind];

/** How the unit's representative signed. */
export const SignatureKind = {
  signed: "signed",
  paper: "paper",
  refused: "refused",
  absent: "absent",
} as const;
export type SignatureKind = (typeof SignatureKind)[keyof typeof SignatureKind];

/** What a rescue file holds. */
export const RescuePart = {
  record: "record",
  photo: "photo",
  draft: "draft",
} as const;
export type RescuePart = (typeof RescuePart)[keyof typeof RescuePart];

/** Kinds of entities in the feed that phones pull. */
export const ChangeKind = {
  subject: "subject",
  left_subject: "left_subject",
  checklist: "checklist",
  hazard: "hazard",
  visit: "visit",
  submission: "submission",
  photo_review: "photo_review",
  quarantine: "quarantine",
  visit_draft: "visit_draft",
} as const;
export type ChangeKind = (typeof ChangeKind)[keyof typeof ChangeKind];

/** 行业领域. */
export const Sector = {
  coal_mine: "coal_mine",
  hazardous_chemicals: "hazardous_chemicals",
  non_coal_mine: "non_coal_mine",
  fire_safety: "fire_safety",
  road_transport: "road_transport",
  transportation: "transportation",
  urban_construction: "urban_construction",
  industrial_park: "industrial_park",
  hazardous_waste: "hazardous_waste",
  special_equipment: "special_equipment",
} as const;
export type Sector = (typeof Sector)[keyof typeof Sector];

/** 主体类别. */
export const SubjectKind = {
  village: "village",
  enterprise: "enterprise",
  unit: "unit",
} as const;
export type SubjectKind = (typeof SubjectKind)[keyof typeof SubjectKind];

/** The group of subjects that a target of the year is set for. */
export const TargetGroup = {
  village: "village",
  enterprise_institution: "enterprise_institution",
} as const;
export type TargetGroup = (typeof TargetGroup)[keyof typeof TargetGroup];

/** Level of an area. */
export const AreaKind = {
  county: "county",
  town: "town",
  village: "village",
} as const;
export type AreaKind = (typeof AreaKind)[keyof typeof AreaKind];

/** What a village-level area is. */
export const VillageKind = {
  village: "village",
  community: "community",
} as const;
export type VillageKind = (typeof VillageKind)[keyof typeof VillageKind];

/** What a government body is in the programme. */
export const DepartmentKind = {
  industry_department: "industry_department",
  lead_unit: "lead_unit",
  town_government: "town_government",
  committee_office: "committee_office",
} as const;
export type DepartmentKind = (typeof DepartmentKind)[keyof typeof DepartmentKind];

/** 红橙黄蓝: graded risk. */
export const RiskColor = {
  red: "red",
  orange: "orange",
  yellow: "yellow",
  blue: "blue",
} as const;
export type RiskColor = (typeof RiskColor)[keyof typeof RiskColor];

/** 包联层级. */
export const PairingLayer = {
  territorial_town: "territorial_town",
  lead_unit: "lead_unit",
  industry_department: "industry_department",
  bureau_leader: "bureau_leader",
} as const;
export type PairingLayer = (typeof PairingLayer)[keyof typeof PairingLayer];

/** Unit of a visit frequency rule; `days` is once every so many days, the others are visits within each calendar span. */
export const FrequencyUnit = {
  days: "days",
  week: "week",
  month: "month",
  quarter: "quarter",
  half_year: "half_year",
  year: "year",
} as const;
export type FrequencyUnit = (typeof FrequencyUnit)[keyof typeof FrequencyUnit];

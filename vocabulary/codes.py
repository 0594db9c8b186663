"""Generated from vocabulary/*.json by `python -m vocabulary`; not edited by hand."""

from vocabulary.words import Code

__all__ = [
    "Action",
    "AnnouncedDay",
    "AnswerResult",
    "AreaKind",
    "AreaWarning",
    "AuthorKind",
    "AuthoringSeverity",
    "Capacity",
    "ChangeKind",
    "ChecklistOrigin",
    "ChecklistStatus",
    "ClaimKind",
    "Commitment",
    "Datum",
    "DayKind",
    "DepartmentKind",
    "DesignComparison",
    "DownloadFormat",
    "DownloadKind",
    "DownloadState",
    "DraftOutcome",
    "FaultCode",
    "Figure",
    "FigurePart",
    "FigureRows",
    "FlagCode",
    "FlagSeverity",
    "FrequencyUnit",
    "Grouping",
    "Halt",
    "HazardEventKind",
    "HazardGrade",
    "HazardSource",
    "HazardState",
    "ImmediateMeasureKind",
    "ImmediateMeasureState",
    "Ineffective",
    "ItemKind",
    "KindOfHazard",
    "LevelReason",
    "LookupOutcome",
    "MarkShape",
    "NoPlace",
    "ObligationState",
    "PairingLayer",
    "PeriodUnit",
    "Periodic",
    "PhotoRole",
    "PhotoSource",
    "PositionProvider",
    "ProblemCode",
    "ProfileKind",
    "QuarantineOutcome",
    "QuarantineState",
    "QueueName",
    "ReceiptKind",
    "RecheckResult",
    "RecordKind",
    "RecordState",
    "RecordStatus",
    "Regulator",
    "RescuePart",
    "ReviewDecision",
    "ReviewState",
    "RevisionKind",
    "RiskColor",
    "Role",
    "Rounding",
    "Route",
    "ScopeKind",
    "ScoreGrade",
    "Sector",
    "SignatureKind",
    "StandardGround",
    "SubjectKind",
    "SubjectOrder",
    "TargetGroup",
    "TimeDoubt",
    "Topic",
    "ValueType",
    "VillageKind",
    "VisitScope",
    "ZeroReportState",
]


class Role(Code):
    """What a person is in the service."""

    INSPECTOR = "inspector"
    SUPERVISOR = "supervisor"
    COUNTY_OFFICE = "county_office"
    ADMINISTRATOR = "administrator"


class ScopeKind(Code):
    """What a role covers."""

    COUNTY = "county"
    TOWN = "town"
    DEPARTMENT = "department"
    SECTOR = "sector"
    SELF = "self"


class AuthorKind(Code):
    """Who made a record or did something to a hazard."""

    USER = "user"
    SUBJECT_LINK = "subject_link"
    SERVICE = "service"


class Action(Code):
    """What a role may do; the session tells the client which of them are given."""

    READ_FORMS = "forms:read"
    WRITE_FORMS = "forms:write"
    PUBLISH_FORMS = "forms:publish"
    SYNC = "sync:use"
    READ_SUBJECTS = "subjects:read"
    READ_VISITS = "visits:read"
    READ_HAZARDS = "hazards:read"
    ACT_ON_HAZARDS = "hazards:act"
    UPLOAD_PHOTOS = "photos:upload"
    READ_PHOTOS = "photos:read"
    REVIEW_PHOTOS = "photos:review"
    READ_SCORES = "scores:read"
    DOWNLOAD = "downloads:make"
    READ_QUARANTINE = "quarantine:read"
    RESOLVE_QUARANTINE = "quarantine:resolve"
    IMPORT_RESCUE = "rescue:import"
    MEND_WORK = "work:mend"
    ADMINISTER = "service:administer"


class AnswerResult(Code):
    """What was found at a checklist item."""

    PASS = "pass"
    PARTIAL = "partial"
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    UNCHECKED = "unchecked"


class ItemKind(Code):
    """What a checklist item asks for."""

    JUDGEMENT = "judgement"
    NUMBER = "number"
    CHOICE = "choice"
    FACTS = "facts"
    TEXT = "text"
    PHOTO = "photo"


class ProfileKind(Code):
    """What kind of answer a fact about a subject is."""

    CHOICE = "choice"
    BOOLEAN = "boolean"
    NUMBER = "number"


class ChecklistStatus(Code):
    """Whether phones are offered a version."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class ChecklistOrigin(Code):
    """Who wrote a version."""

    REPOSITORY = "repository"
    OFFICE = "office"


class DraftOutcome(Code):
    """How a draft ended."""

    PUBLISHED = "published"
    DISCARDED = "discarded"


class RevisionKind(Code):
    """What a new version changes."""

    ADDED = "added"
    REMOVED = "removed"
    RETYPED = "retyped"
    RESCORED = "rescored"
    REWORDED = "reworded"
    RELIMITED = "relimited"
    MOVED = "moved"
    CONDITION = "condition"
    NARROWED = "narrowed"
    WIDENED = "widened"
    GROUNDS = "grounds"
    HAZARD = "hazard"
    SCOPE = "scope"
    REORDERED = "reordered"


class AuthoringSeverity(Code):
    """An error forbids publication; a warning asks the author to look again."""

    ERROR = "error"
    WARNING = "warning"


class VisitScope(Code):
    """What a visit looks at in a checklist: its core items and the sections added to them, or all of it."""

    CORE = "core"
    FULL = "full"


class DesignComparison(Code):
    """How a measured value is compared with its design value."""

    PERCENT = "percent"
    DIFFERENCE = "difference"
    QUOTIENT = "quotient"


class StandardGround(Code):
    """Whether a clause of a standard may decide about a visit of a day; all but the first only let it suggest."""

    DECIDES = "decides"
    NOT_IN_FORCE = "not_in_force"
    REPLACED = "replaced"
    STALE = "stale"


class LookupOutcome(Code):
    """What the office found when it looked up whether a standard is still the edition in force."""

    IN_FORCE = "in_force"
    REPLACED = "replaced"


class ImmediateMeasureKind(Code):
    """What is done at once about a hazard, apart from its rectification."""

    STOP_USE = "stop_use"
    STOP_WORK = "stop_work"
    SWITCH_OFF = "switch_off"
    WITHDRAW = "withdraw"
    CORDON_OFF = "cordon_off"


class ScoreGrade(Code):
    """Bands of a score."""

    EXCELLENT = "excellent"
    GOOD = "good"
    QUALIFIED = "qualified"
    UNQUALIFIED = "unqualified"


class Rounding(Code):
    """How a checklist shows a score."""

    ONE_DECIMAL = "one_decimal"
    WHOLE = "whole"


class PhotoRole(Code):
    """What a photo shows."""

    OVERVIEW = "overview"
    CLOSE_UP = "close_up"
    NAME_PLATE = "name_plate"
    BEFORE = "before"
    AFTER = "after"
    SIGNATURE = "signature"
    PAPER = "paper"
    ITEM = "item"
    MEASURE = "measure"


class PhotoSource(Code):
    """How a photo came into the phone."""

    CAMERA = "camera"
    ALBUM = "album"


class FlagCode(Code):
    """Integrity flags: hints for the reviewer, never a refusal."""

    NO_POSITION = "no_position"
    FAR_FROM_SUBJECT = "far_from_subject"
    POSITIONS_DISAGREE = "positions_disagree"
    OUTSIDE_COUNTY = "outside_county"
    OUTSIDE_VISIT = "outside_visit"
    CLOCK_OFF = "clock_off"
    EXIF_TIME_OFF = "exif_time_off"
    ALBUM = "album"
    EDITED_BY_SOFTWARE = "edited_by_software"
    SAME_BYTES_ELSEWHERE = "same_bytes_elsewhere"
    NEAR_SAME_ELSEWHERE = "near_same_elsewhere"
    AFTER_LIKE_BEFORE = "after_like_before"
    BROKEN_PICTURE = "broken_picture"


class AreaWarning(Code):
    """A hint about a position, never a refusal: the boxes are coarse (about 2 km) and the county encloses the city district."""

    OUTSIDE_COUNTY = "outside_county"
    IN_CITY_DISTRICT = "in_city_district"


class FlagSeverity(Code):
    """info: a legal state that is good to know; notice: look; warning: look twice."""

    INFO = "info"
    NOTICE = "notice"
    WARNING = "warning"


class ReviewDecision(Code):
    """An act of a photo's reviewer; `withdrawn` takes the one before it back."""

    APPROVED = "approved"
    RETURNED = "returned"
    SECOND_OPINION = "second_opinion"
    WITHDRAWN = "withdrawn"


class ReviewState(Code):
    """Where a photo stands in review."""

    PENDING = "pending"
    APPROVED = "approved"
    RETURNED = "returned"
    SECOND_OPINION = "second_opinion"


class Datum(Code):
    """Coordinate systems of positions."""

    WGS_84 = "WGS-84"
    GCJ_02 = "GCJ-02"
    BD_09 = "BD-09"
    CGCS2000 = "CGCS2000"


class PositionProvider(Code):
    """Where a phone's position came from."""

    GPS = "gps"
    NETWORK = "network"
    MANUAL = "manual"
    NONE = "none"


class MarkShape(Code):
    """Shapes a reviewer or inspector draws on a photo."""

    CIRCLE = "circle"


class ValueType(Code):
    """What a place of a document holds."""

    STRING = "string"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    INTEGER = "integer"
    ARRAY = "array"
    OBJECT = "object"


class FaultCode(Code):
    """What is wrong with one place of a request or a record; `params` fill the words."""

    MISSING = "missing"
    UNKNOWN_KEY = "unknown-key"
    NULL = "null"
    WRONG_TYPE = "wrong-type"
    TOO_LONG = "too-long"
    TOO_SHORT = "too-short"
    BELOW_MINIMUM = "below-minimum"
    ABOVE_MAXIMUM = "above-maximum"
    TOO_MANY_VALUES = "too-many-values"
    TOO_FEW_VALUES = "too-few-values"
    DUPLICATE_VALUE = "duplicate-value"
    NOT_A_MEMBER = "not-a-member"
    NOT_AN_OPTION = "not-an-option"
    NOT_A_UUID = "not-a-uuid"
    NOT_A_SHA256 = "not-a-sha256"
    NOT_A_TIME = "not-a-time"
    NOT_A_DATE = "not-a-date"
    NOT_A_PERIOD = "not-a-period"
    DAY_OUT_OF_RANGE = "day-out-of-range"
    NOT_WELL_FORMED = "not-well-formed"
    NOT_AN_OBJECT = "not-an-object"
    NOT_A_LIST = "not-a-list"
    NOT_TEXT = "not-text"
    NOT_PHOTOS = "not-photos"
    NOT_JSON = "not-json"
    UNSAFE_NUMBER = "unsafe-number"
    TOO_DEEP = "too-deep"
    KEY_TWICE = "key-twice"
    NUL_CHARACTER = "nul-character"
    NOT_SCALAR_TEXT = "not-scalar-text"
    MORE_FAULTS = "more-faults"
    NOT_CANONICAL = "not-canonical"
    HASH_MISMATCH = "hash-mismatch"
    NOT_THE_VISIT_ITSELF = "not-the-visit-itself"
    DIFFERS_FROM_ENVELOPE = "differs-from-envelope"
    UNKNOWN_KIND = "unknown-kind"
    UNKNOWN_GRADE = "unknown-grade"
    UNKNOWN_RESULT = "unknown-result"
    NOT_YOURS = "not-yours"
    NEEDS_A_PERSON = "needs-a-person"
    UNFORESEEN = "unforeseen"
    UNKNOWN_PAIRING = "unknown-pairing"
    UNKNOWN_DEPARTMENT = "unknown-department"
    UNKNOWN_HAZARD = "unknown-hazard"
    UNKNOWN_CHECKLIST = "unknown-checklist"
    STALE = "stale"
    ANOTHER_CHECKLIST = "another-checklist"
    NO_POSITIONS = "no-positions"
    DESIGN_NOT_ALLOWED = "design-not-allowed"
    DUPLICATE_ID = "duplicate-id"
    HAZARD_ON_PASSED_ITEM = "hazard-on-passed-item"
    MALFORMED_ID = "malformed-id"
    NONE_HERE_WITH_INSTANCES = "none-here-with-instances"
    DUPLICATE_KEY = "duplicate-key"
    HIDDEN_ITEM = "hidden-item"
    HIDDEN_SECTION = "hidden-section"
    KEY_MISSING = "key-missing"
    OCCURRENCES_MISSING = "occurrences-missing"
    OCCURRENCES_NOT_ALLOWED = "occurrences-not-allowed"
    REASON_MISSING = "reason-missing"
    RESULT_NOT_ALLOWED = "result-not-allowed"
    SECTION_NOT_REPEATED = "section-not-repeated"
    TOO_FEW_PHOTOS = "too-few-photos"
    TOO_MANY_DECIMALS = "too-many-decimals"
    TOO_MANY_INSTANCES = "too-many-instances"
    TOO_MANY_PHOTOS = "too-many-photos"
    UNKNOWN_ITEM = "unknown-item"
    UNKNOWN_PROFILE_KEY = "unknown-profile-key"
    UNKNOWN_SECTION = "unknown-section"
    VALUE_NOT_ALLOWED = "value-not-allowed"
    WRONG_PLACE = "wrong-place"
    NOT_A_PHOTO = "not-a-photo"
    TOO_MANY_PIXELS = "too-many-pixels"
    UNDECODABLE = "undecodable"
    NUMBER_WANTED = "number-wanted"
    ZERO_BYTES = "zero-bytes"
    UNKNOWN_ALGORITHM = "unknown-algorithm"
    NOT_BASE64 = "not-base64"
    NOT_A_USERNAME = "not-a-username"
    NOT_A_NAME = "not-a-name"
    PASSWORD_LENGTH = "password-length"
    PASSWORD_GUESSABLE = "password-guessable"
    USERNAME_TAKEN = "username-taken"
    NOT_FOR_ROLE = "not-for-role"
    UNKNOWN_SCOPE = "unknown-scope"


class Figure(Code):
    """Every number about subjects, visits, duties, hazards and scores; docs/figures.md defines each."""

    SUBJECTS = "subjects"
    TO_VISIT = "to_visit"
    VISITED = "visited"
    COVERAGE_RATE = "coverage_rate"
    VISITS = "visits"
    VISITS_DUE = "visits_due"
    VISITS_DUE_TO_DATE = "visits_due_to_date"
    VISITS_OVERDUE = "visits_overdue"
    HAZARDS_FOUND = "hazards_found"
    HAZARDS_CLOSED = "hazards_closed"
    RECTIFICATION_RATE = "rectification_rate"
    HAZARDS_DUE = "hazards_due"
    ON_TIME_RATE = "on_time_rate"
    HAZARDS_OVERDUE = "hazards_overdue"
    OVERDUE_RATE = "overdue_rate"
    MAJORS_FOUND = "majors_found"
    MAJORS_CLOSED = "majors_closed"
    MAJORS_OPEN = "majors_open"
    MAJOR_RECTIFICATION_RATE = "major_rectification_rate"
    MAJOR_ON_TIME_RATE = "major_on_time_rate"
    MAJORS_OVERDUE = "majors_overdue"
    MAJOR_OVERDUE_RATE = "major_overdue_rate"
    CARRIED_CLOSED = "carried_closed"
    SCORED = "scored"
    MEAN_SCORE = "mean_score"
    MEDIAN_SCORE = "median_score"


class FigurePart(Code):
    """Which of a figure's rows."""

    DENOMINATOR = "denominator"
    NUMERATOR = "numerator"
    REST = "rest"


class FigureRows(Code):
    """What kind of rows stand behind a figure."""

    SUBJECT = "subject"
    VISIT = "visit"
    HAZARD = "hazard"
    OBLIGATION = "obligation"


class SubjectOrder(Code):
    """Orders of the list of subjects with their figures."""

    NAME = "name"
    SCORE = "score"
    RECTIFICATION_RATE = "rectification_rate"
    HAZARDS_OVERDUE = "hazards_overdue"


class PeriodUnit(Code):
    """Kinds of periods that figures are made for."""

    YEAR = "year"
    HALF_YEAR = "half_year"
    QUARTER = "quarter"
    MONTH = "month"
    WEEK = "week"
    CUSTOM = "custom"


class NoPlace(Code):
    """Why a group has no place in a ranking, in the order in which the first that applies is told."""

    NONE = "none"
    PART = "part"
    EMPTY = "empty"
    COVER = "cover"
    FEW = "few"


class LevelReason(Code):
    """What lowers a level below the band of the score."""

    VETO = "veto"
    OVERDUE_MAJOR = "overdue_major"
    FATAL_ACCIDENT = "fatal_accident"


class ZeroReportState(Code):
    """What a period's report on major hazards says, in the order in which the first that applies holds."""

    REPORTED = "reported"
    DECLARED_ZERO = "declared_zero"
    ZERO_AFTER_VISITS = "zero_after_visits"
    MISSING = "missing"
    NOT_DUE = "not_due"


class ObligationState(Code):
    """Where a visit that is due stands."""

    MET = "met"
    LATE = "late"
    OVERDUE = "overdue"
    OPEN = "open"


class HazardState(Code):
    """Where a hazard stands in its life. Overdue is derived from dates and never a state."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    ASSIGNED = "assigned"
    RECTIFYING = "rectifying"
    SUBMITTED = "submitted"
    CLOSED = "closed"
    VOIDED = "voided"


class ImmediateMeasureState(Code):
    """What became of an immediate measure: on the help track it is advice that the unit takes or refuses."""

    ADVISED = "advised"
    DONE = "done"
    REFUSED = "refused"


class HazardEventKind(Code):
    """What can happen to a hazard, in the order of its life: two events of one instant take effect in this order."""

    FOUND = "found"
    ITEM_FAILED = "item_failed"
    CONFIRMED = "confirmed"
    REGRADED = "regraded"
    ASSIGNED = "assigned"
    DEADLINE_SET = "deadline_set"
    TRANSFERRED = "transferred"
    TRANSFER_ACCEPTED = "transfer_accepted"
    EXTENDED = "extended"
    ACCEPTED = "accepted"
    SUBMITTED = "submitted"
    RECHECKED = "rechecked"
    CLOSED = "closed"
    VOIDED = "voided"
    MERGED = "merged"
    PHOTO_ADDED = "photo_added"
    NOTED = "noted"


class Ineffective(Code):
    """Why an event is kept but changes nothing."""

    ALREADY_FOUND = "already_found"
    ALREADY_CONFIRMED = "already_confirmed"
    NOT_CONFIRMED = "not_confirmed"
    NOT_ASSIGNED = "not_assigned"
    NOT_SUBMITTED = "not_submitted"
    ALREADY_SUBMITTED = "already_submitted"
    ALREADY_CLOSED = "already_closed"
    VOIDED = "voided"
    COMMITMENTS_INCOMPLETE = "commitments_incomplete"
    DEADLINE_NOT_LATER = "deadline_not_later"
    NEEDS_EXTENSION = "needs_extension"
    SAME_GRADE = "same_grade"
    SAME_DEADLINE = "same_deadline"
    NOT_TRANSFERRED = "not_transferred"
    NOT_THEIR_DUTY = "not_their_duty"
    NEEDS_SUPERVISOR = "needs_supervisor"
    OWN_RECTIFICATION = "own_rectification"
    UNREADABLE = "unreadable"


class Capacity(Code):
    """As whom somebody acts on a hazard."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    SUBJECT = "subject"
    SERVICE = "service"


class TimeDoubt(Code):
    """Why the time of a hazard's event cannot be believed; it counts, but not as on time."""

    AFTER_RECEIPT = "after_receipt"
    OUTSIDE_VISIT = "outside_visit"


class HazardGrade(Code):
    """隐患等级."""

    GENERAL = "general"
    MAJOR = "major"


class KindOfHazard(Code):
    """What a hazard is an instance of, in the words of the national definition of an accident hazard."""

    UNSAFE_STATE = "unsafe_state"
    UNSAFE_ACT = "unsafe_act"
    MANAGEMENT_DEFECT = "management_defect"


class HazardSource(Code):
    """Who brought a hazard to light."""

    SELF_CHECK = "self_check"
    PAIRING_VISIT = "pairing_visit"
    DEPARTMENT_CHECK = "department_check"
    TIP_OFF = "tip_off"
    HANDED_DOWN = "handed_down"


class Commitment(Code):
    """五落实: what a rectification must state."""

    RESPONSIBLE_PERSON = "responsible_person"
    MEASURES = "measures"
    FUNDS_WAN = "funds_wan"
    DEADLINE = "deadline"
    CONTINGENCY_PLAN = "contingency_plan"


class RecheckResult(Code):
    """What a re-check found."""

    PASS = "pass"
    RETURN = "return"


class Halt(Code):
    """What a determination advises to stop at once."""

    NONE = "none"
    DEVICE = "device"
    AREA = "area"
    SITE = "site"


class Route(Code):
    """On which track a determination goes on."""

    HELP_TRACK = "help_track"
    ENFORCEMENT_TRACK = "enforcement_track"
    HANDOVER = "handover"


class Regulator(Code):
    """The authority whose criteria a determination follows."""

    EMERGENCY_BUREAU = "emergency_bureau"
    MINE_SAFETY_ADMINISTRATION = "mine_safety_administration"
    FIRE_RESCUE = "fire_rescue"
    MARKET_REGULATION = "market_regulation"
    HOUSING_CONSTRUCTION = "housing_construction"
    TRANSPORT = "transport"
    ECOLOGY = "ecology"
    NATURAL_RESOURCES = "natural_resources"


class DayKind(Code):
    """How the days of a rectification deadline are counted."""

    CALENDAR = "calendar"
    WORKING = "working"


class AnnouncedDay(Code):
    """What the State Council's holiday notice makes of a day that differs from its week."""

    OFF = "off"
    WORKING = "working"


class DownloadKind(Code):
    """What can be downloaded."""

    SUBJECT_SCORES = "subject_scores"
    TOWN_COMPARISON = "town_comparison"
    HAZARD_LEDGER = "hazard_ledger"


class DownloadFormat(Code):
    """Formats of downloads."""

    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"
    GEOJSON = "geojson"


class DownloadState(Code):
    """Where a download stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Grouping(Code):
    """By what figures are compared."""

    TOWN = "town"
    VILLAGE = "village"
    DEPARTMENT = "department"
    SECTOR = "sector"


class Topic(Code):
    """Kinds of work that follow a commit."""

    REFRESH_SUBJECT = "refresh_subject"
    INSPECT_PHOTO = "inspect_photo"
    BUILD_DOWNLOAD = "build_download"


class Periodic(Code):
    """Work that is due every so often."""

    STALE_SCORES = "stale_scores"
    SWEEP_UPLOADS = "sweep_uploads"
    LOST_DOWNLOADS = "lost_downloads"
    OLD_DOWNLOADS = "old_downloads"
    MOVES_BY_DATE = "moves_by_date"
    COMPACT_FEED = "compact_feed"
    COUNT_ROWS = "count_rows"


class QueueName(Code):
    """Queues of jobs, in the order in which one worker empties them."""

    SCORES = "scores"
    EVIDENCE = "evidence"
    DOWNLOADS = "downloads"


class ProblemCode(Code):
    """What can go wrong with a request: kinds, whose words are titles, and cases `of` them, whose words are the detail."""

    MALFORMED_REQUEST = "malformed-request"
    BODY_UNREADABLE = "body-unreadable"
    HEADER_WRONG = "header-wrong"
    NOT_SIGNED_IN = "not-signed-in"
    SIGN_IN_FAILED = "sign-in-failed"
    SIGNED_IN_AS_OTHER = "signed-in-as-other"
    ACCOUNT_CLOSED = "account-closed"
    NOT_ALLOWED = "not-allowed"
    OWN_PHOTO = "own-photo"
    NOT_OWN_REVIEW = "not-own-review"
    CROSS_SITE_REQUEST = "cross-site-request"
    OUTSIDE_SCOPE = "outside-scope"
    NOT_FOUND = "not-found"
    NO_SUCH_DRAFT = "no-such-draft"
    NO_SUCH_STANDARD = "no-such-standard"
    NO_SUCH_VERSION = "no-such-version"
    NO_SUCH_DOWNLOAD = "no-such-download"
    NO_SUCH_PHOTO = "no-such-photo"
    PHOTO_NOT_HERE = "photo-not-here"
    PHOTO_ONLY_ORIGINAL = "photo-only-original"
    PHOTO_IN_PREPARATION = "photo-in-preparation"
    NO_SUCH_RECEIPT = "no-such-receipt"
    NO_REVIEW_TO_WITHDRAW = "no-review-to-withdraw"
    NO_SUCH_UPLOAD = "no-such-upload"
    SUBJECT_NOT_YOURS = "subject-not-yours"
    NO_SUCH_SUBJECT = "no-such-subject"
    NO_SUCH_HAZARD = "no-such-hazard"
    NO_SUCH_QUARANTINED = "no-such-quarantined"
    RESCUED_AUTHOR_UNKNOWN = "rescued-author-unknown"
    NO_SUCH_VISIT_DRAFT = "no-such-visit-draft"
    NO_SUCH_SUBMISSION = "no-such-submission"
    OF_ANOTHER_CHECKLIST = "of-another-checklist"
    NO_SUCH_FAILURE = "no-such-failure"
    NO_SUCH_VISIT = "no-such-visit"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    REQUEST_TIMEOUT = "request-timeout"
    CONFLICT = "conflict"
    VERSION_NOT_IN_USE = "version-not-in-use"
    VERSION_IN_USE = "version-in-use"
    DOWNLOAD_NOT_READY = "download-not-ready"
    PHOTO_NOT_ARRIVED = "photo-not-arrived"
    TOO_LATE_TO_WITHDRAW = "too-late-to-withdraw"
    PHOTO_RECEIVED = "photo-received"
    HAZARD_OF_ANOTHER_SUBJECT = "hazard-of-another-subject"
    RECORD_RESOLVED = "record-resolved"
    USERNAME_TAKEN = "username-taken"
    DRAFT_OF_ANOTHER_SUBJECT = "draft-of-another-subject"
    OFFSET_MISMATCH = "offset-mismatch"
    FEED_RESTARTED = "feed-restarted"
    CHANGED_MEANWHILE = "changed-meanwhile"
    GONE = "gone"
    DRAFT_CLOSED = "draft-closed"
    DOWNLOAD_EXPIRED = "download-expired"
    UPLOAD_EXPIRED = "upload-expired"
    UPLOAD_ENDED = "upload-ended"
    UPLOAD_WITHDRAWN = "upload-withdrawn"
    VISIT_SUBMITTED = "visit-submitted"
    PRECONDITION_FAILED = "precondition-failed"
    DRAFT_CHANGED = "draft-changed"
    BASE_CHANGED = "base-changed"
    TUS_VERSION = "tus-version"
    CONTINUED_ELSEWHERE = "continued-elsewhere"
    DRAFT_GONE = "draft-gone"
    NOT_PUBLISHABLE = "not-publishable"
    TOO_LARGE = "too-large"
    FILE_TOO_LARGE = "file-too-large"
    PHOTO_TOO_LARGE = "photo-too-large"
    MORE_BYTES_THAN_ANNOUNCED = "more-bytes-than-announced"
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type"
    CONTENT_TYPE_WANTED = "content-type-wanted"
    WORKBOOK_WANTED = "workbook-wanted"
    INVALID = "invalid"
    FILE_MISSING = "file-missing"
    FILE_OF_ANOTHER_CHECKLIST = "file-of-another-checklist"
    CHECKLISTS_DIFFER = "checklists-differ"
    APPROVER_MISSING = "approver-missing"
    EXPLANATION_MISSING = "explanation-missing"
    TEXT_FITS_NO_CELL = "text-fits-no-cell"
    TOWNS_HAVE_NO_POSITIONS = "towns-have-no-positions"
    PERIOD_MISSING = "period-missing"
    PERIOD_TOO_LATE = "period-too-late"
    RECEIPT_CODE_INVALID = "receipt-code-invalid"
    CURSOR_UNKNOWN = "cursor-unknown"
    PLACE_IN_LIST_UNKNOWN = "place-in-list-unknown"
    NOT_A_RESCUE_FILE = "not-a-rescue-file"
    RESCUE_FILE_TOO_LARGE = "rescue-file-too-large"
    RESCUE_FILE_WITHOUT_MANIFEST = "rescue-file-without-manifest"
    RESCUE_FILE_WITHOUT_AUTHOR = "rescue-file-without-author"
    RESCUED_PHOTO_MISSING = "rescued-photo-missing"
    RESCUED_MEMBER_UNREADABLE = "rescued-member-unreadable"
    RESCUED_MEMBER_TOO_LARGE = "rescued-member-too-large"
    RESCUED_MEMBER_MISNAMED = "rescued-member-misnamed"
    RESCUED_PART_DAMAGED = "rescued-part-damaged"
    RESCUED_ENTRY_UNREADABLE = "rescued-entry-unreadable"
    RESCUED_DRAFT_DAMAGED = "rescued-draft-damaged"
    KEPT_MISSHAPEN = "kept-misshapen"
    ANSWERS_INVALID = "answers-invalid"
    CHECKLIST_INVALID = "checklist-invalid"
    UNKNOWN_CHECKLIST = "unknown-checklist"
    CONTENT_HASH_MISMATCH = "content-hash-mismatch"
    RECORD_CONFLICT = "record-conflict"
    PHOTO_CONFLICT = "photo-conflict"
    EVENT_NOT_POSSIBLE = "event-not-possible"
    NOT_A_PHOTO = "not-a-photo"
    PICTURE_TOO_LARGE = "picture-too-large"
    RESCUED_PHOTO_DAMAGED = "rescued-photo-damaged"
    CHECKSUM_MISMATCH = "checksum-mismatch"
    PIECE_DIFFERS = "piece-differs"
    PHOTO_DIFFERS = "photo-differs"
    RESCUED_PHOTO_INCOMPLETE = "rescued-photo-incomplete"
    LOCKED = "locked"
    TOO_MANY_REQUESTS = "too-many-requests"
    TOO_MANY_GUESSES = "too-many-guesses"
    UNFORESEEN = "unforeseen"
    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"
    TOO_MANY_SIGNING_IN = "too-many-signing-in"
    TOO_MANY_UPLOADS = "too-many-uploads"
    STORAGE_FULL = "storage-full"


class RecordKind(Code):
    """What phones push."""

    VISIT = "visit"
    SUBMISSION = "submission"
    HAZARD_EVENT = "hazard_event"
    PHOTO = "photo"


class RecordStatus(Code):
    """What became of a pushed record or of a part of a rescue file."""

    ACCEPTED = "accepted"
    ALREADY_ACCEPTED = "already_accepted"
    QUARANTINED = "quarantined"
    CONFLICT = "conflict"
    REFUSED = "refused"


class RecordState(Code):
    """Whether a stored record counts."""

    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"
    RESOLVED = "resolved"


class QuarantineState(Code):
    """Where a record stands that did not fit its checklist."""

    OPEN = "open"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    SET_ASIDE = "set_aside"


class QuarantineOutcome(Code):
    """How a record left quarantine."""

    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    SET_ASIDE = "set_aside"


class ClaimKind(Code):
    """By what somebody used an id first, when it is not by a record."""

    PHOTO = "photo"
    UPLOAD = "upload"
    DRAFT = "draft"
    DRAFT_PHOTO = "draft_photo"
    HAZARD = "hazard"


class ReceiptKind(Code):
    """What a receipt is for."""

    RECORD = "record"
    PHOTO = "photo"
    VISIT = "visit"


class SignatureKind(Code):
    """How the unit's representative signed."""

    SIGNED = "signed"
    PAPER = "paper"
    REFUSED = "refused"
    ABSENT = "absent"


class RescuePart(Code):
    """What a rescue file holds."""

    RECORD = "record"
    PHOTO = "photo"
    DRAFT = "draft"


class ChangeKind(Code):
    """Kinds of entities in the feed that phones pull."""

    SUBJECT = "subject"
    LEFT_SUBJECT = "left_subject"
    CHECKLIST = "checklist"
    HAZARD = "hazard"
    VISIT = "visit"
    SUBMISSION = "submission"
    PHOTO_REVIEW = "photo_review"
    QUARANTINE = "quarantine"
    VISIT_DRAFT = "visit_draft"


class Sector(Code):
    """行业领域."""

    COAL_MINE = "coal_mine"
    HAZARDOUS_CHEMICALS = "hazardous_chemicals"
    NON_COAL_MINE = "non_coal_mine"
    FIRE_SAFETY = "fire_safety"
    ROAD_TRANSPORT = "road_transport"
    TRANSPORTATION = "transportation"
    URBAN_CONSTRUCTION = "urban_construction"
    INDUSTRIAL_PARK = "industrial_park"
    HAZARDOUS_WASTE = "hazardous_waste"
    SPECIAL_EQUIPMENT = "special_equipment"


class SubjectKind(Code):
    """主体类别."""

    VILLAGE = "village"
    ENTERPRISE = "enterprise"
    UNIT = "unit"


class TargetGroup(Code):
    """The group of subjects that a target of the year is set for."""

    VILLAGE = "village"
    ENTERPRISE_INSTITUTION = "enterprise_institution"


class AreaKind(Code):
    """Level of an area."""

    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"


class VillageKind(Code):
    """What a village-level area is."""

    VILLAGE = "village"
    COMMUNITY = "community"


class DepartmentKind(Code):
    """What a government body is in the programme."""

    INDUSTRY_DEPARTMENT = "industry_department"
    LEAD_UNIT = "lead_unit"
    TOWN_GOVERNMENT = "town_government"
    COMMITTEE_OFFICE = "committee_office"


class RiskColor(Code):
    """红橙黄蓝: graded risk."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"


class PairingLayer(Code):
    """包联层级."""

    TERRITORIAL_TOWN = "territorial_town"
    LEAD_UNIT = "lead_unit"
    INDUSTRY_DEPARTMENT = "industry_department"
    BUREAU_LEADER = "bureau_leader"


class FrequencyUnit(Code):
    """Unit of a visit frequency rule; `days` is once every so many days, the others are visits within each calendar span."""

    DAYS = "days"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"

/** The checklist and answers documents as TypeScript types; docs/checklist-format.md explains them, forms/schema/ is the law. */

import type { DesignComparison, ImmediateMeasureKind, VisitScope } from "../vocabulary/codes.ts";

export interface Text {
  readonly zh: string;
  readonly en: string;
}

export type ItemKind = "judgement" | "number" | "choice" | "facts" | "text" | "photo";
export type Result = "pass" | "fail" | "partial" | "not_applicable" | "unchecked";
export type DayKind = "calendar" | "working";

export interface BoundsDocument {
  readonly at_least?: number;
  readonly above?: number;
  readonly at_most?: number;
  readonly below?: number;
  readonly equals?: number;
}

export interface ConditionDocument {
  readonly all?: readonly ConditionDocument[];
  readonly any?: readonly ConditionDocument[];
  readonly at_least?: number;
  readonly of?: readonly ConditionDocument[];
  readonly not?: ConditionDocument;
  readonly item?: string;
  readonly result?: Exclude<Result, "unchecked">;
  readonly number?: BoundsDocument;
  readonly value?: string;
  readonly has?: string;
  readonly profile?: string;
  readonly is?: string | boolean;
  readonly in?: readonly string[];
}

export interface Unverified {
  readonly reason: Text;
}

export interface Citation {
  readonly standard: string;
  readonly clause: string;
}

export interface LimitDocument extends Omit<BoundsDocument, "equals"> {
  readonly when?: ConditionDocument;
}

/** The value that a number is measured against; limits and conditions look at what the two come to. */
export interface DesignDocument {
  readonly label: Text;
  readonly comparison: DesignComparison;
  readonly unit?: string;
  /** Of a quotient, where it has a name of its own. */
  readonly result_unit?: string;
  readonly decimals?: number;
  readonly minimum: number;
  readonly maximum: number;
}

export interface NumberDocument {
  readonly unit: string;
  readonly decimals: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly design?: DesignDocument;
  readonly limits: readonly LimitDocument[];
}

export interface OptionDocument {
  readonly value: string;
  readonly label: Text;
}

export interface ChoiceOptionDocument extends OptionDocument {
  readonly result: Exclude<Result, "unchecked">;
  readonly deduction?: number;
}

export interface HazardDocument {
  readonly phrases: readonly Text[];
  readonly deadline: { readonly days: number; readonly day_kind: DayKind };
  readonly evidence: Text;
  /** What is done at once; the rectification has its own deadline. */
  readonly immediate_measure?: { readonly kinds: readonly ImmediateMeasureKind[]; readonly text?: Text };
  readonly determinations?: readonly string[];
}

export interface ItemDocument {
  readonly id: string;
  readonly type: ItemKind;
  readonly statement: Text;
  readonly how?: Text;
  readonly photo_hint?: Text;
  readonly points: number;
  readonly gate?: boolean;
  readonly veto?: boolean;
  readonly core?: boolean;
  readonly relevant?: ConditionDocument;
  readonly not_applicable?: { readonly reasons: readonly Text[] } | null;
  readonly partial?: { readonly deduction_per_occurrence: number };
  readonly number?: NumberDocument;
  readonly choice?: { readonly options: readonly ChoiceOptionDocument[] };
  readonly facts?: { readonly options: readonly OptionDocument[] };
  readonly photo?: { readonly minimum: number; readonly maximum: number };
  readonly text?: { readonly max_length: number; readonly required: boolean };
  readonly basis?: readonly Citation[];
  readonly unverified?: Unverified;
  readonly hazard?: HazardDocument;
}

export interface SectionDocument {
  readonly id: string;
  readonly title: Text;
  readonly weight: number;
  readonly relevant?: ConditionDocument;
  readonly repeat?: { readonly label: Text; readonly max: number };
  readonly gate_minimum_percent?: number;
  readonly items: readonly ItemDocument[];
}

export interface DeterminationDocument extends Citation {
  readonly id: string;
  readonly title: Text;
  readonly when: ConditionDocument;
  readonly unless?: ConditionDocument;
  readonly grade: "major" | "general";
  readonly halt: "none" | "device" | "area" | "site";
  readonly route: "help_track" | "enforcement_track" | "handover";
  readonly regulator: string;
  readonly unverified?: Unverified;
  /** What only the reviewer can establish at the desk; until then the clause suggests. */
  readonly reviewer?: { readonly question: Text };
}

export interface ProfileKeyDocument {
  readonly id: string;
  readonly label: Text;
  readonly type: "choice" | "boolean" | "number";
  readonly unit?: string;
  readonly options?: readonly OptionDocument[];
}

export interface BandDocument {
  readonly grade: string;
  readonly label: Text;
  readonly at_least: number;
}

export interface ChecklistDocument {
  readonly schema: string;
  readonly id: string;
  readonly version: string;
  readonly status: "draft" | "published";
  readonly title: Text;
  readonly description?: Text;
  readonly sector: string | null;
  readonly applies_to: { readonly subject_kinds: readonly ("village" | "enterprise" | "unit")[] };
  readonly valid_from: string;
  readonly changelog?: readonly { readonly version: string; readonly changes: readonly Text[] }[];
  readonly profile?: readonly ProfileKeyDocument[];
  readonly sections: readonly SectionDocument[];
  readonly determinations?: readonly DeterminationDocument[];
  readonly scoring: {
    readonly rounding: "one_decimal" | "whole";
    readonly bands: readonly BandDocument[];
    readonly not_applicable_limit_percent: number;
    readonly confirmed_by_office: boolean;
  };
}

/** One answer as it is kept and sent. Numbers are decimal strings. */
export interface AnswerDocument {
  result?: Result;
  occurrences?: number;
  value?: string | string[];
  design?: string;
  reason?: string;
  remark?: string;
  photos?: string[];
  hazards?: string[];
}

export interface InstanceDocument {
  /** Its own for life; missing in answers from before instances had ids, whose place in the list then names them. */
  id?: string;
  key: string;
  answers: Record<string, AnswerDocument>;
}

export interface AnswersDocument {
  profile?: Record<string, string | boolean>;
  answers?: Record<string, AnswerDocument>;
  repeats?: Record<string, InstanceDocument[]>;
  /** What the visit looks at: everything, or the core items and the added sections. */
  scope?: VisitScope;
  sections?: string[];
  /** Repeated sections of which somebody said, with a reason, that there is none here. */
  none_here?: Record<string, { reason: string }>;
}

/** One edition of a law, rule or standard as the registry has it. */
export interface StandardDocument {
  readonly id: string;
  readonly name: Text;
  readonly number: string | null;
  readonly edition: string;
  readonly valid_from: string | null;
  readonly valid_to: string | null;
  readonly replaced_by: { readonly standard: string; readonly on: string; readonly part?: Text } | null;
  readonly kind: string;
  readonly source: Text;
  readonly last_checked_on: string | null;
  readonly moving?: boolean;
  readonly unverified?: Unverified;
}

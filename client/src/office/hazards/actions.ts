/** What the desk may do with a hazard in which state, and what each step must say. The server decides; this shapes the form. */
import type { Grade, HazardDetail, HazardState } from '../api/types';

export type ActionKind = 'confirmed' | 'assigned' | 'accepted' | 'submitted' | 'rechecked' | 'extended' | 'regraded' | 'voided' | 'noted';
export type FieldName =
  | 'grade' | 'responsible_unit' | 'owner_name' | 'owner_title' | 'owner_phone' | 'deadline' | 'result' | 'reason' | 'approver' | 'text' | 'note' | 'completed_on'
  | `commitment_${CommitmentName}`;
export const COMMITMENTS = ['responsible_person', 'measures', 'funds_wan', 'deadline', 'contingency_plan'] as const;
export type CommitmentName = (typeof COMMITMENTS)[number];
export interface ActionField { name: FieldName; input: 'text' | 'long' | 'date' | 'grade' | 'recheck'; required: boolean }
export type ActionValues = Partial<Record<FieldName, string>>;

const BY_STATE: Record<HazardState, ActionKind[]> = {
  draft: ['confirmed', 'voided', 'noted'],
  confirmed: ['assigned', 'regraded', 'voided', 'noted'],
  assigned: ['accepted', 'submitted', 'extended', 'regraded', 'voided', 'noted'],
  rectifying: ['submitted', 'accepted', 'extended', 'regraded', 'voided', 'noted'],
  submitted: ['rechecked', 'regraded', 'voided', 'noted'],
  closed: ['noted'],
  voided: ['noted'],
};

const FIELDS: Record<ActionKind, ActionField[]> = {
  confirmed: [{ name: 'grade', input: 'grade', required: true }],
  assigned: [
    { name: 'responsible_unit', input: 'text', required: true },
    { name: 'owner_name', input: 'text', required: true },
    { name: 'owner_title', input: 'text', required: false },
    { name: 'owner_phone', input: 'text', required: false },
    { name: 'deadline', input: 'date', required: true },
  ],
  accepted: COMMITMENTS.map((name) => ({ name: `commitment_${name}`, input: name === 'measures' || name === 'contingency_plan' ? 'long' : 'text', required: false })),
  submitted: [{ name: 'completed_on', input: 'date', required: true }, { name: 'note', input: 'long', required: true }],
  rechecked: [{ name: 'result', input: 'recheck', required: true }, { name: 'reason', input: 'long', required: false }],
  extended: [
    { name: 'deadline', input: 'date', required: true },
    { name: 'reason', input: 'long', required: true },
    { name: 'approver', input: 'text', required: true },
  ],
  regraded: [{ name: 'grade', input: 'grade', required: true }, { name: 'reason', input: 'long', required: true }],
  voided: [{ name: 'reason', input: 'long', required: true }, { name: 'approver', input: 'text', required: true }],
  noted: [{ name: 'text', input: 'long', required: true }],
};

/** Actions in the order of their buttons, the usual next step first. What was fixed on the spot may still lack its confirmation. */
export function actionsFor(hazard: Pick<HazardDetail, 'state' | 'confirmed_at'>): ActionKind[] {
  const usual = BY_STATE[hazard.state];
  return hazard.state === 'submitted' && !hazard.confirmed_at ? ['rechecked', 'confirmed', ...usual.slice(1)] : usual;
}

export function fieldsOf(kind: ActionKind): ActionField[] {
  return FIELDS[kind];
}

/** What the form starts with, so that the usual case is one press. */
export function startingValues(kind: ActionKind, hazard: Pick<HazardDetail, 'grade' | 'deadline' | 'owner' | 'responsible_unit' | 'subject' | 'commitments'>, today: string): ActionValues {
  const otherGrade: Grade = hazard.grade === 'major' ? 'general' : 'major';
  switch (kind) {
    case 'confirmed': return { grade: hazard.grade };
    case 'regraded': return { grade: otherGrade };
    case 'rechecked': return { result: 'pass' };
    case 'extended': return { deadline: hazard.deadline ?? '' };
    case 'assigned': return {
      responsible_unit: hazard.responsible_unit || hazard.subject.name, owner_name: hazard.owner?.name ?? '',
      owner_title: hazard.owner?.title ?? '', owner_phone: hazard.owner?.phone ?? '', deadline: hazard.deadline ?? '',
    };
    case 'accepted': return Object.fromEntries(COMMITMENTS.map((name) => [`commitment_${name}`, String(hazard.commitments?.[name] ?? '')]));
    case 'submitted': return { completed_on: today };
    default: return {};
  }
}

export type FieldFault = 'required' | 'reason_for_return' | 'deadline_not_later';

/** Everything that is wrong with the form, by field. A returned re-check must say why; an extension must be later. */
export function faultsOf(kind: ActionKind, values: ActionValues, currentDeadline: string | null): Partial<Record<FieldName, FieldFault>> {
  const faults: Partial<Record<FieldName, FieldFault>> = {};
  for (const field of FIELDS[kind]) if (field.required && !values[field.name]?.trim()) faults[field.name] = 'required';
  if (kind === 'rechecked' && values.result === 'return' && !values.reason?.trim()) faults.reason = 'reason_for_return';
  if (kind === 'extended' && values.deadline && currentDeadline && values.deadline <= currentDeadline) faults.deadline = 'deadline_not_later';
  return faults;
}

/** The event as the server takes it: blanks left out, the owner as one object. */
export function eventOf(kind: ActionKind, values: ActionValues, hazard: Pick<HazardDetail, 'basis'>): { kind: string } & Record<string, unknown> {
  const { owner_name, owner_title, owner_phone, ...plain } = values;
  const event: { kind: string } & Record<string, unknown> = { kind };
  const commitments: Record<string, string> = {};
  for (const [key, value] of Object.entries(plain)) {
    if (!value?.trim()) continue;
    if (key.startsWith('commitment_')) commitments[key.slice('commitment_'.length)] = value.trim();
    else event[key] = value.trim();
  }
  if (kind === 'accepted') event.commitments = commitments;
  if (kind === 'confirmed') event.basis = hazard.basis;
  if (kind === 'assigned') event.owner = { name: owner_name?.trim() ?? '', title: owner_title?.trim() ?? '', phone: owner_phone?.trim() ?? '' };
  return event;
}

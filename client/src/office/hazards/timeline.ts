/** What a timeline line says beside kind, person and time. */
import type { HazardEvent } from '../api/types';

const SHOWN = ['grade', 'result', 'responsible_unit', 'to_org', 'owner', 'deadline', 'completed_on', 'reason', 'approver', 'opinion', 'note', 'text'] as const;

export interface EventFact { key: string; value: string }

export function eventFacts(event: HazardEvent): EventFact[] {
  return SHOWN.flatMap((key) => {
    const value = textOf(event.body[key]);
    return value ? [{ key, value }] : [];
  });
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number') return String(value);
  if (typeof value === 'object' && value !== null && 'name' in value) return String(value.name);
  return '';
}

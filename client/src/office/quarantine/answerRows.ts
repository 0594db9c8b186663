/**
 * A record's answers beside the items they were given to, in the checklist's order, for somebody who must judge what is wrong.
 * Whatever has no item is listed too: nothing of a quarantined record may be hidden from its reader. Pure.
 */
import type { ChecklistDocument, LocalText } from '../api/types';

export interface AnswerRow { path: string; statement: LocalText | null; value: unknown; options: { value: string; label: LocalText }[]; unit: string | null }
export interface AnswerGroup { key: string; title: LocalText | null; instance: string | null; rows: AnswerRow[] }

export function answerGroups(document: Pick<ChecklistDocument, 'sections'> | null, body: Record<string, unknown>): AnswerGroup[] {
  const answers = recordOf(body['answers']);
  const repeats = recordOf(body['repeats']);
  const seen = new Set<string>();
  const groups: AnswerGroup[] = [];
  for (const section of document?.sections ?? []) {
    const instances = section.repeat ? listOf(repeats[section.id]) : [null];
    instances.forEach((instance, index) => {
      const given = instance === null ? answers : recordOf(recordOf(instance)['answers']);
      const rows = section.items.flatMap((item) => {
        if (!(item.id in given)) return [];
        const path = instance === null ? item.id : `${section.id}[${index}].${item.id}`;
        seen.add(path);
        return [{ path, statement: item.statement, value: given[item.id], options: [...(item.choice?.options ?? []), ...(item.facts?.options ?? [])], unit: item.number?.unit ?? null }];
      });
      if (rows.length) groups.push({ key: `${section.id}-${index}`, title: section.title, instance: instance === null ? null : String(recordOf(instance)['key'] ?? ''), rows });
    });
  }
  const foreign = [
    ...Object.entries(answers).map(([id, value]) => [id, value] as const),
    ...Object.entries(repeats).flatMap(([section, instances]) => listOf(instances).flatMap((instance, index) => Object.entries(recordOf(recordOf(instance)['answers'])).map(([id, value]) => [`${section}[${index}].${id}`, value] as const))),
  ].filter(([path]) => !seen.has(path));
  if (foreign.length) groups.push({ key: 'foreign', title: null, instance: null, rows: foreign.map(([path, value]) => ({ path, statement: null, value, options: [], unit: null })) });
  return groups;
}

/** The item path that a fault's pointer is about: "#/answers/exit/value" → "exit", "/repeats/lorries/0/answers/brake" → "lorries[0].brake". */
export function pathOfPointer(pointer: string): string | null {
  const steps = pointer.replace(/^#/, '').split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (steps[0] === 'body') steps.shift();
  if (steps[0] === 'answers' && steps[1]) return steps[1];
  if (steps[0] === 'repeats' && steps[1] && steps[2] && steps[3] === 'answers' && steps[4]) return `${steps[1]}[${steps[2]}].${steps[4]}`;
  return null;
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

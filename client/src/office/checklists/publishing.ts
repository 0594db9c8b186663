/** What stands between a draft and its publication, and how a report is read. Pure. */
import type { AuthoringFault, Change, ChangeKind, Report } from '../api/authoring';

/** In the order in which a person judges them: what costs answers or points before words. */
export const CHANGE_KINDS: readonly ChangeKind[] = ['removed', 'retyped', 'narrowed', 'condition', 'rescored', 'relimited', 'scope', 'hazard', 'grounds', 'added', 'widened', 'moved', 'reworded', 'reordered'];
export const KIND_TONES: Readonly<Record<ChangeKind, 'fail' | 'warning' | 'primary' | 'neutral' | 'pass'>> = {
  removed: 'fail', retyped: 'fail', narrowed: 'fail', condition: 'warning', rescored: 'warning', relimited: 'warning', scope: 'warning',
  hazard: 'primary', grounds: 'primary', added: 'pass', widened: 'pass', moved: 'neutral', reworded: 'neutral', reordered: 'neutral',
};

/** A change that loses answers is published only when it was ticked by itself. */
const DROPS = 'drops-answers';

export function changesToShow(report: Pick<Report, 'changes'>): Change[] {
  const place = (change: Change): number => (change.breaking ? 0 : CHANGE_KINDS.length) + CHANGE_KINDS.indexOf(change.kind);
  return [...report.changes].sort((a, b) => place(a) - place(b));
}

/** The faults of a refusal that say something of the checklist; "stale" and the like are said in its first sentence. */
export function faultsOf(problem: { errors?: readonly unknown[] | undefined } | null): AuthoringFault[] {
  return ((problem?.errors ?? []) as AuthoringFault[]).filter((fault) => fault.params?.what !== undefined || fault.detail);
}

export type ChangeGroup = 'loses' | 'alters' | 'wording';
const WORDING_AND_ORDER: ReadonlySet<ChangeKind> = new Set(['reworded', 'reordered']);

/** The sorted changes under the three headings that tell a clerk how closely to read; empty ones are left out. */
export function groupsOf(changes: readonly Change[]): { group: ChangeGroup; changes: Change[] }[] {
  const groupOf = ({ kind, breaking }: Change): ChangeGroup => (breaking ? 'loses' : WORDING_AND_ORDER.has(kind) ? 'wording' : 'alters');
  return (['loses', 'alters', 'wording'] as const).map((group) => ({ group, changes: changes.filter((change) => groupOf(change) === group) })).filter(({ changes: found }) => found.length > 0);
}

export function dropsOf(obstacles: readonly AuthoringFault[]): AuthoringFault[] {
  return obstacles.filter((obstacle) => obstacle.code === DROPS);
}

/** What only another file can mend. */
export function blockersOf(obstacles: readonly AuthoringFault[]): AuthoringFault[] {
  return obstacles.filter((obstacle) => obstacle.code !== DROPS);
}

export function subjectOf(obstacle: AuthoringFault): string {
  return obstacle.params.subject ?? obstacle.pointer;
}

export type Readiness = 'blocked' | 'unticked' | 'no_approver' | 'ready';

export function readinessOf(obstacles: readonly AuthoringFault[], ticked: readonly string[], approver: string): Readiness {
  if (blockersOf(obstacles).length > 0) return 'blocked';
  if (dropsOf(obstacles).some((drop) => !ticked.includes(subjectOf(drop)))) return 'unticked';
  return approver.trim() === '' ? 'no_approver' : 'ready';
}

/** "survey!C12" in the words of a workbook; null for a fault of a JSON file. */
export function cellOf({ params, pointer }: AuthoringFault): { sheet: string; cell: string } | null {
  if (params.sheet) return { sheet: params.sheet, cell: `${params.column ?? ''}${params.row ?? ''}` };
  const named = /^([^#!/]+)!([A-Z]*\d*)$/.exec(pointer);
  return named ? { sheet: named[1] ?? '', cell: named[2] ?? '' } : null;
}

/** Errors before notes; each in the order of the file. */
export function faultsToShow(faults: readonly AuthoringFault[]): AuthoringFault[] {
  return [...faults.filter((fault) => fault.params.severity !== 'warning'), ...faults.filter((fault) => fault.params.severity === 'warning')];
}

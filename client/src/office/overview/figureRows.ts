/** Which rows stand behind a figure, and how to ask for them. The rules of counting are the server's; these only select. */
import type { FigureName } from './figures';
import type { Rate } from '../format/rate';

export type PartName = 'closed' | 'open' | 'all';
export interface FigurePart { name: PartName; params: Record<string, string> }
export interface FigureQuestion { figure: FigureName; scope: Record<string, string>; scopeName: string; period: string; rate: Rate | null }

const CLOSED_OR_OPEN: FigurePart[] = [{ name: 'closed', params: { state: 'closed' } }, { name: 'open', params: { state: 'open' } }];

const HAZARD_PARTS: Partial<Record<FigureName, FigurePart[]>> = {
  rectification: CLOSED_OR_OPEN,
  hazards_found: CLOSED_OR_OPEN,
  overdue: [{ name: 'all', params: { overdue: 'true', sort: 'deadline' } }],
  major_open: [{ name: 'all', params: { grade: 'major', state: 'open' } }],
};

// Behind these figures stand subjects; each opens its own submissions and counted hazards.
const SUBJECT_FIGURES: readonly FigureName[] = ['on_time', 'visited', 'coverage', 'visits', 'score'];

export function hazardParts(figure: FigureName): FigurePart[] | null {
  return HAZARD_PARTS[figure] ?? null;
}

export function isAboutSubjects(figure: FigureName): boolean {
  return SUBJECT_FIGURES.includes(figure);
}

/** Size of a part of the rectification rate, known before its rows are: closed ones are the numerator, the rest is open. */
export function partSize(part: PartName, rate: Rate | null): number | null {
  if (!rate || part === 'all') return null;
  return part === 'closed' ? rate.numerator : rate.denominator - rate.numerator;
}

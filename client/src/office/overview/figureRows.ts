/** Which rows stand behind a figure, and how to ask for them. The rules of counting are the server's; these only select. */
import type { FigureName } from './figures';
import type { Rate } from '../format/rate';

export type PartName = 'numerator' | 'rest' | 'denominator' | 'all';
export interface FigurePart { name: PartName; params: Record<string, string> }
export interface FigureQuestion { figure: FigureName; scope: Record<string, string>; scopeName: string; period: string; rate: Rate | null }

const HAZARD_PARTS: Partial<Record<FigureName, FigurePart[]>> = {
  rectification: [
    { name: 'numerator', params: { state: 'closed' } },
    { name: 'rest', params: { state: 'open' } },
    { name: 'denominator', params: { state: 'counted' } },
  ],
  on_time: [
    { name: 'numerator', params: { state: 'counted', due: 'reached', on_time: 'true' } },
    { name: 'rest', params: { state: 'counted', due: 'reached', on_time: 'false' } },
    { name: 'denominator', params: { state: 'counted', due: 'reached' } },
  ],
  overdue: [{ name: 'all', params: { overdue: 'true' } }],
  major_open: [{ name: 'all', params: { grade: 'major', state: 'open' } }],
  hazards_found: [{ name: 'all', params: { state: 'counted' } }],
};

export function hazardParts(figure: FigureName): FigurePart[] | null {
  return HAZARD_PARTS[figure] ?? null;
}

/** Size of a part, known from the rate before its rows are. */
export function partSize(part: PartName, rate: Rate | null): number | null {
  if (!rate) return null;
  if (part === 'numerator') return rate.numerator;
  return part === 'rest' ? rate.denominator - rate.numerator : rate.denominator;
}

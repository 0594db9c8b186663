/** The cards of the overview: which figure, how large, against which target. */
import { Figure } from '../../vocabulary/codes';
import type { Figures, FigureValue, Overview, ZeroAccident } from '../api/types';
import { countText, figureText, fractionText } from '../format/rate';

/** Figures that groups are ranked by, in the order in which they are offered. */
export const RANKINGS = [Figure.rectification_rate, Figure.on_time_rate, Figure.overdue_rate, Figure.coverage_rate, Figure.mean_score] as const;
export type Ranking = (typeof RANKINGS)[number];

export type CardName = Figure | 'zero_accident' | 'reviews';

export type CardNote =
  | { kind: 'target'; percent: string }
  | { kind: 'no_accidents' }
  | { kind: 'major'; found: number; overdue: number }
  | { kind: 'overdue'; count: number }
  | { kind: 'none_waiting' };

/** `figure` is what opens to its rows; the others are pages of their own, or open nothing. */
export interface FigureCard {
  key: string; name: CardName; figure: Figure | null; group: string | null; value: string; fraction: string | null; alarming: boolean; notes: CardNote[];
}

/** The zero-accident rates lead, since the programme is named after them. */
export function figureCards(overview: Overview): FigureCard[] {
  const { figures } = overview;
  const open = count(figures.majors_open);
  const overdue = count(figures.hazards_overdue);
  return [
    ...[...overview.zero_accident].sort((a, b) => Number(a.target ?? 0) - Number(b.target ?? 0)).map(zeroAccidentCard),
    figureCard(figures, Figure.rectification_rate, []),
    figureCard(figures, Figure.on_time_rate, overdue ? [{ kind: 'overdue', count: overdue }] : []),
    { ...figureCard(figures, Figure.majors_open, [{ kind: 'major', found: count(figures.majors_found), overdue: count(figures.majors_overdue) }]), alarming: open > 0 },
    figureCard(figures, Figure.coverage_rate, []),
    { ...EMPTY, key: 'reviews', name: 'reviews', value: countText(overview.reviews_pending), notes: overview.reviews_pending ? [] : [{ kind: 'none_waiting' }] },
  ];
}

const EMPTY = { figure: null, group: null, fraction: null, alarming: false, notes: [] };

function zeroAccidentCard({ target_group, numerator, denominator, display, target, met }: ZeroAccident): FigureCard {
  const isKnown = numerator !== null && denominator !== null;
  const notes: CardNote[] = [...(target === null ? [] : [{ kind: 'target' as const, percent: target }]), ...(isKnown ? [] : [{ kind: 'no_accidents' as const }])];
  const fraction = isKnown && denominator > 0 ? fractionText({ numerator, denominator }) : null;
  return { ...EMPTY, key: `zero_accident_${target_group}`, name: 'zero_accident', group: target_group, value: display === '/' ? '/' : `${display}%`, fraction, alarming: met === false, notes };
}

function figureCard(figures: Figures, figure: Figure, notes: CardNote[]): FigureCard {
  const value = figures[figure];
  const targets: CardNote[] = value.target === null ? [] : [{ kind: 'target', percent: value.target }];
  return { ...EMPTY, key: figure, name: figure, figure, value: figureText(value), fraction: value.numerator !== null && value.denominator ? fractionText(value) : null, notes: [...targets, ...notes] };
}

/** How many there are behind a figure that counts. */
export function count(value: FigureValue): number {
  return value.numerator ?? 0;
}

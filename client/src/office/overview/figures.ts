/** The cards of the overview: which figure, how large, against which target, and which rows stand behind it. */
import { countText, fractionText, percentText, type Rate } from '../format/rate';
import type { Overview } from '../api/types';

export type FigureName =
  | 'zero_accident' | 'visited' | 'rectification' | 'on_time' | 'coverage' | 'major_open' | 'overdue' | 'hazards_found' | 'visits' | 'score';

export type CardNote =
  | { kind: 'target'; percent: string }
  | { kind: 'no_accidents' }
  | { kind: 'major'; found: number; closed: number; overdue: number }
  | { kind: 'overdue'; count: number }
  | { kind: 'visited'; rate: string }
  | { kind: 'none_waiting' };

export interface FigureCard {
  key: string; name: FigureName | 'reviews'; group: string | null; value: string; fraction: string | null; alarming: boolean; notes: CardNote[];
}

/** The zero-accident rates lead, since the programme is named after them; without a register of accidents they have no numerator. */
export function figureCards(overview: Overview): FigureCard[] {
  const { major } = overview;
  return [
    ...[...overview.targets].sort((a, b) => a.permille - b.permille).map(({ target_group, display }) => card('zero_accident', '/', {
      key: `zero_accident_${target_group}`, group: target_group, notes: [{ kind: 'target', percent: display }, { kind: 'no_accidents' }],
    })),
    rateCard('rectification', overview.rectification, []),
    rateCard('on_time', overview.on_time, overview.overdue ? [{ kind: 'overdue', count: overview.overdue }] : []),
    card('major_open', countText(major.open), { alarming: major.open > 0, notes: [{ kind: 'major', found: major.found, closed: major.closed, overdue: major.overdue }] }),
    rateCard('coverage', overview.coverage, []),
    card('reviews', countText(overview.reviews_pending), { notes: overview.reviews_pending ? [] : [{ kind: 'none_waiting' }] }),
  ];
}

function card(name: FigureCard['name'], value: string, more: Partial<FigureCard>): FigureCard {
  return { key: name, name, group: null, value, fraction: null, alarming: false, notes: [], ...more };
}

function rateCard(name: FigureName, rate: Rate, notes: CardNote[]): FigureCard {
  return card(name, percentText(rate), { fraction: rate.denominator ? fractionText(rate) : null, notes });
}

/** Figures as the desk shows them: a rate always with numerator and denominator, "/" where there is nothing to divide by. */

export interface Rate { numerator: number; denominator: number; display: string }
/** A count has a numerator only, a mean or median its sample as the denominator. */
export interface Shown { numerator: number | null; denominator: number | null; display: string }

/** The server has rounded already (truncating at lines that matter), so the text is taken, never computed again here. */
export function percentText(rate: Rate): string {
  return rate.denominator === 0 || rate.display === '/' ? '/' : `${rate.display}%`;
}

/** A rate in percent; counts grouped by thousands, scores as they are. */
export function figureText({ numerator, denominator, display }: Shown): string {
  if (display === '/' || numerator === null) return display;
  return denominator === null ? countText(numerator) : `${display}%`;
}

export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

export function fractionText({ numerator, denominator }: Partial<Shown>): string {
  return `${countText(numerator ?? 0)}/${countText(denominator ?? 0)}`;
}

/** Rates as the desk shows them: always with numerator and denominator, "/" where there is nothing to divide by. */

export interface Rate { numerator: number; denominator: number; display: string }

/** The server has rounded already (truncating at lines that matter), so the text is taken, never computed again here. */
export function percentText(rate: Rate): string {
  return rate.denominator === 0 || rate.display === '/' ? '/' : `${rate.display}%`;
}

export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

export function fractionText(rate: Rate): string {
  return `${countText(rate.numerator)}/${countText(rate.denominator)}`;
}

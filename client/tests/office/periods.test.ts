import { expect, test } from 'vitest';
import { isPeriod, periodBounds, quarterOf, recentMonths, recentQuarters, recentYears } from '@/office/format/periods';

test('the quarters before this one go back over the turn of the year', () => {
  expect(quarterOf('2026-11-24')).toBe('2026-Q4');
  expect(recentQuarters('2026-05-02', 4)).toEqual(['2026-Q2', '2026-Q1', '2025-Q4', '2025-Q3']);
});

test('the months before this one go back over the turn of the year', () => {
  expect(recentMonths('2026-02-28', 3)).toEqual(['2026-02', '2026-01', '2025-12']);
  expect(recentYears('2026-02-28', 2)).toEqual(['2026', '2025']);
});

test.each([
  ['2026-Q1', '2026-01-01', '2026-03-31'],
  ['2026-Q4', '2026-10-01', '2026-12-31'],
  ['2026', '2026-01-01', '2026-12-31'],
  ['2024-02', '2024-02-01', '2024-02-29'],
])('%s runs from %s to %s', (period, from, to) => {
  expect(periodBounds(period)).toEqual({ from, to });
});

test.each(['', '2026-Q5', '2026-13', '26-Q1', 'all'])('"%s" is no period', (period) => {
  expect(isPeriod(period)).toBe(false);
  expect(periodBounds(period)).toBeNull();
});

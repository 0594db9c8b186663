import { expect, test } from 'vitest';
import { dateText, dayOf, deadlineStanding, exactMomentText, momentText } from '@/office/format/dates';
import { bytesText, distanceText } from '@/office/format/measures';

test('a moment late in the evening UTC is the next day in Beijing', () => {
  expect(dayOf('2026-11-23T16:30:00Z')).toBe('2026-11-24');
  expect(exactMomentText('2026-11-23T16:30:05Z')).toBe('2026-11-24 00:30:05');
  expect(momentText('2026-03-21T01:40:00Z', 'zh')).toBe('3月21日 09:40');
});

test('a date of another year names its year', () => {
  expect(dateText('2026-03-20', 'zh', '2026-11-24')).toBe('3月20日');
  expect(dateText('2025-03-20', 'zh', '2026-11-24')).toBe('2025年3月20日');
  expect(dateText(null, 'zh', '2026-11-24')).toBe('—');
});

test.each([
  ['no deadline', null, 'assigned', { kind: 'none' }],
  ['a closed hazard is settled, however old', '2026-01-01', 'closed', { kind: 'settled' }],
  ['a voided hazard is settled', '2026-01-01', 'voided', { kind: 'settled' }],
  ['the day before is overdue by one day', '2026-11-23', 'assigned', { kind: 'overdue', days: 1 }],
  ['the deadline day itself is not overdue', '2026-11-24', 'assigned', { kind: 'due_today' }],
  ['days left are counted', '2026-11-28', 'rectifying', { kind: 'running', days: 4 }],
])('deadline: %s', (_name, deadline, state, expected) => {
  expect(deadlineStanding(deadline, state, '2026-11-24')).toEqual(expected);
});

test('distances and sizes use the unit that fits', () => {
  expect([distanceText(41.4), distanceText(1420), distanceText(23_456)]).toEqual(['41 m', '1.4 km', '23 km']);
  expect([bytesText(900), bytesText(48_211), bytesText(3_900_000)]).toEqual(['900 B', '47 KB', '3.7 MB']);
});

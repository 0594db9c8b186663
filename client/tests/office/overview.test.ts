import { expect, test } from 'vitest';
import { figureCards } from '@/office/overview/figures';
import { hazardParts, isAboutSubjects, partSize } from '@/office/overview/figureRows';
import { countByState, mapPoints } from '@/office/overview/mapPoints';
import { framePolygon } from '@/office/overview/outline';
import { axisFloor, pointValue, tooltipText } from '@/office/overview/trend';
import { makeOverview, makeScoreRow, makeSubject } from './factories';

const rate = (numerator: number, denominator: number, display: string): { numerator: number; denominator: number; display: string } => ({ numerator, denominator, display });

test('the zero-accident rates lead and show a slash while there is no register of accidents', () => {
  const cards = figureCards(makeOverview({ targets: [{ target_group: 'enterprise_institution', permille: 950, display: '95.0' }, { target_group: 'village', permille: 900, display: '90.0' }] }));

  expect(cards.slice(0, 2).map((card) => [card.key, card.value])).toEqual([['zero_accident_village', '/'], ['zero_accident_enterprise_institution', '/']]);
  expect(cards[0]?.notes[0]).toEqual({ kind: 'target', percent: '90.0' });
});

test('a rate card carries numerator and denominator', () => {
  const card = figureCards(makeOverview({ rectification: rate(1206, 1306, '92.3') })).find((each) => each.name === 'rectification');
  expect([card?.value, card?.fraction]).toEqual(['92.3%', '1,206/1,306']);
});

test('a rate without a denominator is a slash without a fraction', () => {
  const card = figureCards(makeOverview()).find((each) => each.name === 'on_time');
  expect([card?.value, card?.fraction]).toEqual(['/', null]);
});

test('open major hazards alarm, none do not', () => {
  const alarm = (open: number): boolean | undefined => figureCards(makeOverview({ major: { found: 3, closed: 1, open, overdue: 0, listed: 0 } })).find((card) => card.name === 'major_open')?.alarming;
  expect([alarm(2), alarm(0)]).toEqual([true, false]);
});

test('behind the rectification rate stand its hazards, closed and open, with their sizes', () => {
  expect(hazardParts('rectification')?.map((part) => part.params)).toEqual([{ state: 'closed' }, { state: 'open' }]);
  expect([partSize('closed', rate(59, 70, '84.3')), partSize('open', rate(59, 70, '84.3')), partSize('all', null)]).toEqual([59, 11, null]);
});

test('behind the on-time rate stand subjects with their counted hazards', () => {
  expect([hazardParts('on_time'), isAboutSubjects('on_time'), isAboutSubjects('overdue')]).toEqual([null, true, false]);
});

test('a subject is coloured by the most urgent thing about it', () => {
  const points = mapPoints(
    [makeSubject('clear'), makeSubject('open', { open_hazards: 1 }), makeSubject('late', { open_hazards: 2 }), makeSubject('major', { open_hazards: 2 }), makeSubject('unvisited')],
    [makeScoreRow('clear'), makeScoreRow('open'), makeScoreRow('late', { overdue: 1 }), makeScoreRow('major', { overdue: 1, major_open: 1 }), makeScoreRow('unvisited', { visits_done: 0 })],
  );

  expect(points.map((point) => [point.id, point.state])).toEqual([['clear', 'clear'], ['unvisited', 'unvisited'], ['open', 'open'], ['late', 'overdue'], ['major', 'major']]);
  expect(countByState(points)).toEqual({ major: 1, overdue: 1, open: 1, unvisited: 1, clear: 1 });
});

test('a subject without a position is not drawn', () => {
  expect(mapPoints([makeSubject('a', { position: null })], [makeScoreRow('a')])).toEqual([]);
});

test('a frame is a closed ring', () => {
  const ring = framePolygon({ west: 112, east: 113, south: 35, north: 36 }).coordinates[0] ?? [];
  expect([ring.length, ring[0]]).toEqual([9, ring[8]]);
});

test('a week without a denominator is a gap in the line, not a zero', () => {
  expect(pointValue(rate(0, 0, '/'))).toBeNull();
  expect(pointValue(rate(0, 8, '0.0'))).toBe(0);
});

test('the axis begins at the ten below the lowest point', () => {
  const point = { week_start: '2026-11-16', until: '2026-11-22', rectification: rate(72, 100, '72.0'), on_time: rate(9, 10, '90.0') };
  expect(axisFloor([point])).toBe(60);
  expect(axisFloor([])).toBe(0);
});

test('the tooltip names both rates with their parts', () => {
  const point = { week_start: '2026-11-16', until: '2026-11-22', rectification: rate(166, 241, '68.9'), on_time: rate(0, 0, '/') };
  expect(tooltipText(point, { rectification: '整改率', on_time: '按期整改率' }, '11月16日')).toBe('11月16日\n整改率  68.9%  (166/241)\n按期整改率  /');
});

import { expect, test } from 'vitest';
import { figureCards } from '@/office/overview/figures';
import { figureParts, partSize, rowParams } from '@/office/overview/figureRows';
import { countByState, mapPoints } from '@/office/overview/mapPoints';
import { framePolygon } from '@/office/overview/outline';
import { axisFloor, pointValue, tooltipText } from '@/office/overview/trend';
import type { Rate } from '@/office/format/rate';
import { Figure, Grouping } from '@/vocabulary/codes';
import { countOf, makeFigures, makeOverview, makeScoreRow, makeSubject, rateOf } from './factories';

const rate = rateOf;
const weekly = (numerator: number, denominator: number, display: string): Rate => ({ numerator, denominator, display });

test('the zero-accident rates lead and show a slash while there is no register of accidents', () => {
  const unknown = { numerator: null, denominator: null, display: '/', met: null };
  const cards = figureCards(makeOverview({ zero_accident: [{ ...unknown, target_group: 'enterprise_institution', target: '95' }, { ...unknown, target_group: 'village', target: '90' }] }));

  expect(cards.slice(0, 2).map((card) => [card.key, card.value])).toEqual([['zero_accident_village', '/'], ['zero_accident_enterprise_institution', '/']]);
  expect(cards[0]?.notes).toEqual([{ kind: 'target', percent: '90' }, { kind: 'no_accidents' }]);
});

test('a zero-accident rate below its target alarms with its parts', () => {
  const [card] = figureCards(makeOverview({ zero_accident: [{ target_group: 'village', numerator: 24, denominator: 27, display: '88.8', target: '88.9', met: false }] }));
  expect([card?.value, card?.fraction, card?.alarming]).toEqual(['88.8%', '24/27', true]);
});

test('a rate card carries numerator and denominator', () => {
  const card = figureCards(makeOverview({ figures: makeFigures({ rectification_rate: rate(1206, 1306, '92.3') }) })).find((each) => each.name === 'rectification_rate');
  expect([card?.value, card?.fraction]).toEqual(['92.3%', '1,206/1,306']);
});

test('a rate without a denominator is a slash without a fraction', () => {
  const card = figureCards(makeOverview()).find((each) => each.name === 'on_time_rate');
  expect([card?.value, card?.fraction]).toEqual(['/', null]);
});

test('open major hazards alarm, none do not', () => {
  const alarm = (open: number): boolean | undefined => figureCards(makeOverview({ figures: makeFigures({ majors_open: countOf(open) }) })).find((card) => card.name === 'majors_open')?.alarming;
  expect([alarm(2), alarm(0)]).toEqual([true, false]);
});

test('behind a rate stand its numerator, the rest and both, with their sizes; a count has one part', () => {
  const [closed, found] = [rate(59, 70, '84.3'), countOf(70)];
  expect(figureParts(closed).map((part) => [part, partSize(part, closed)])).toEqual([['numerator', 59], ['rest', 11], ['denominator', 70]]);
  expect(figureParts(found).map((part) => [part, partSize(part, found)])).toEqual([['denominator', 70]]);
});

test('the rows of a group are asked for by its code within the filters', () => {
  const question = { figure: Figure.visits, scope: { town: '140525108' }, scopeName: '', period: '2026-Q4' };
  expect(rowParams({ ...question, by: Grouping.sector, code: 'none' })).toEqual({ town: '140525108', period: '2026-Q4', by: 'sector', code: 'none' });
  expect(rowParams(question)).toEqual({ town: '140525108', period: '2026-Q4' });
});

test('a subject is coloured by the most urgent thing about it', () => {
  const late = { hazards_overdue: countOf(1) };
  const points = mapPoints(
    [makeSubject('clear'), makeSubject('open', { open_hazards: 1 }), makeSubject('late', { open_hazards: 2 }), makeSubject('major', { open_hazards: 2 }), makeSubject('unvisited')],
    [makeScoreRow('clear'), makeScoreRow('open'), makeScoreRow('late', late), makeScoreRow('major', { ...late, majors_open: countOf(1) }), makeScoreRow('unvisited', { visits: countOf(0) })],
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
  expect(pointValue(weekly(0, 0, '/'))).toBeNull();
  expect(pointValue(weekly(0, 8, '0.0'))).toBe(0);
});

test('the axis begins at the ten below the lowest point', () => {
  const point = { week_start: '2026-11-16', until: '2026-11-22', rectification: weekly(72, 100, '72.0'), on_time: weekly(9, 10, '90.0') };
  expect(axisFloor([point])).toBe(60);
  expect(axisFloor([])).toBe(0);
});

test('the tooltip names both rates with their parts', () => {
  const point = { week_start: '2026-11-16', until: '2026-11-22', rectification: weekly(166, 241, '68.9'), on_time: weekly(0, 0, '/') };
  expect(tooltipText(point, { rectification: '整改率', on_time: '按期整改率' }, '11月16日')).toBe('11月16日\n整改率  68.9%  (166/241)\n按期整改率  /');
});

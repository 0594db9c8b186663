import { expect, test } from 'vitest';
import messages from '@/i18n/zh/office.json';
import codes from '@/i18n/zh/words-desk.json';
import { flagWords } from '@/office/review/flags';

const zh = { ...messages, ...codes };
const isKnown = (key: string): boolean => key.split('.').reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], zh) !== undefined;
const minutes = (seconds: number): string => `${Math.round(seconds / 60)} min`;
const words = (code: string, params: Record<string, unknown>, severity = 'notice'): ReturnType<typeof flagWords> => flagWords({ code, severity, params }, isKnown, minutes);

test('a distance and its limit are given in metres and kilometres', () => {
  expect(words('far_from_subject', { distance_m: 1420, limit_m: 300 })).toMatchObject({ text: 'office.flag.far_from_subject.text', values: { distance: '1.4 km', limit: '300 m' }, tone: 'warning' });
});

test.each([
  ['outside_visit', { before_start_s: 5400, limit_s: 600 }, 'before'],
  ['outside_visit', { after_finish_s: 5400, limit_s: 600 }, 'after'],
  ['clock_off', { offset_s: 4000, limit_s: 300 }, 'slow'],
  ['clock_off', { offset_s: -4000, limit_s: 300 }, 'fast'],
  ['no_position', { reason: '井下' }, 'with_reason'],
  ['no_position', {}, 'text'],
  ['outside_county', { area: 'in_city_district', lng: 112.8, lat: 35.5 }, 'city'],
])('%s with %j uses its own sentence', (code, params, variant) => {
  expect(words(code, params).text).toBe(`office.flag.${code}.${variant}`);
});

test('a clock that is ahead is told as a positive duration', () => {
  expect(words('clock_off', { offset_s: -4000, limit_s: 300 }).values).toMatchObject({ offset: '67 min' });
});

test('similar photos are named, so that they can be laid beside', () => {
  expect(words('near_same_elsewhere', { photo_ids: ['p1', 'p2'], count: 2, phash_bits: 4, dhash_bits: 6, of_bits: 64 }, 'warning')).toMatchObject({ photoIds: ['p1', 'p2'], tone: 'fail' });
});

test('a mixed-up datum is hinted at', () => {
  expect(words('far_from_subject', { distance_m: 550, limit_m: 300, datum_mixed_up: true }).hint).toBe('office.flag.datum_mixed_up');
});

test('a flag that this desk does not know yet is still shown by its code', () => {
  expect(words('brand_new', {})).toMatchObject({ title: 'office.flag.unknown.title', text: 'office.flag.unknown.text', values: { code: 'brand_new' } });
});

// The codes of media/flags.py: a flag without words would reach the reviewer as a code.
test.each([
  'no_position', 'far_from_subject', 'positions_disagree', 'outside_county', 'outside_visit', 'clock_off', 'exif_time_off', 'album',
  'edited_by_software', 'same_bytes_elsewhere', 'near_same_elsewhere', 'after_like_before', 'broken_picture',
])('%s has a title and a sentence', (code) => {
  const found = words(code, {});
  expect([found.title, isKnown(found.text)]).toEqual([`words.flag_code.${code}`, true]);
});

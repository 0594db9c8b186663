import { expect, test } from 'vitest';
import { circleBetween, viewBoxAt } from '@/office/parts/circles';
import { metresApart, panesOf } from '@/office/review/panes';
import { metresBetween, plotAround } from '@/office/review/plot';
import { makeItem, makePhoto } from './factories';

test('a photo from after the rectification stands on the right beside the one from before', () => {
  const after = makePhoto('after', { role: 'after' });
  const panes = panesOf(makeItem('after', { photo: after, before: makePhoto('before') }));

  expect([panes.before?.id, panes.after?.id, panes.judged]).toEqual(['before', 'after', 'after']);
});

test('a photo without a counterpart stands alone on the left', () => {
  const panes = panesOf(makeItem('item'));
  expect([panes.before?.id, panes.after, panes.judged]).toEqual(['item', null, 'before']);
});

test('without a position on either photo there is no distance', () => {
  const placed = { subject: null, photo_exif: { lng: 112.9, lat: 35.6 }, device_fix: null };
  expect(metresApart({ before: makePhoto('b', { positions: placed }), after: makePhoto('a'), judged: 'after' })).toBeNull();
  expect(metresApart({ before: makePhoto('b', { positions: placed }), after: makePhoto('a', { positions: placed }), judged: 'after' })).toBe(0);
});

test('a thousandth of a degree of latitude is 111 metres', () => {
  expect(Math.round(metresBetween({ lng: 112.9, lat: 35.6 }, { lng: 112.9, lat: 35.601 }))).toBe(111);
});

test('a plot scales to the farthest point and points north up', () => {
  const plot = plotAround({ lng: 112.9, lat: 35.6 }, [{ name: 'device_fix', position: { lng: 112.9, lat: 35.61 } }], 300, 100);

  expect(plot?.points[0]?.x).toBeCloseTo(50, 5);
  expect(plot?.points[0]?.y).toBeCloseTo(50 - 50 / 1.15, 1);
  expect(plot?.limit).toBeLessThan(20);
});

test('without any position there is no plot', () => {
  expect(plotAround(null, [{ name: 'device_fix', position: null }], 300, 100)).toBeNull();
});

test('a circle is measured in fractions of the width, also on a portrait photo', () => {
  expect(circleBetween({ x: 0.5, y: 0.5 }, { x: 0.5, y: 0.6 }, { width: 600, height: 1200 })).toEqual({ shape: 'circle', x: 0.5, y: 0.5, r: 0.2 });
});

test('a click without dragging still makes a circle that can be seen', () => {
  expect(circleBetween({ x: 0.2, y: 1.4 }, { x: 0.2, y: 1.4 }, { width: 600, height: 400 })).toEqual({ shape: 'circle', x: 0.2, y: 1, r: 0.03 });
});

test('the zoomed window never leaves the photo', () => {
  const size = { width: 1000, height: 500 };
  expect(viewBoxAt(size, 1, { x: 0.5, y: 0.5 })).toBe('0 0 1000 500');
  expect(viewBoxAt(size, 2, { x: 0, y: 1 })).toBe('0 250 500 250');
});

import { expect, test } from 'vitest';
import { stepsOfSwipe } from '@/office/composables/swipes';

test.each([
  ['to the left is the next one', -120, 10, 1],
  ['to the right is the one before', 120, -20, -1],
  ['a tap that slipped is nothing', -40, 0, 0],
  ['scrolling down is nothing', -90, 200, 0],
  ['a diagonal stroke is nothing', -100, 60, 0],
])('a stroke %s', (_what, dx, dy, steps) => {
  expect(stepsOfSwipe(dx, dy)).toBe(steps);
});

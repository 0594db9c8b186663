/** Sideways strokes of a finger. Pure part: what a stroke means. */

/** Shorter strokes are taps that slipped. */
const LEAST_PX = 60;
/** A stroke that goes down more than this share of its width is scrolling. */
const STEEPEST = 0.5;

/** 1: on to the next, -1: back, 0: not a sideways stroke. */
export function stepsOfSwipe(dx: number, dy: number): -1 | 0 | 1 {
  if (Math.abs(dx) < LEAST_PX || Math.abs(dy) > Math.abs(dx) * STEEPEST) return 0;
  return dx < 0 ? 1 : -1;
}

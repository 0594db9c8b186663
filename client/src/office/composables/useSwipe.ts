/** Listeners for an element that is turned with a finger; a mouse has arrows and keys instead. */
import { stepsOfSwipe } from './swipes';

export interface SwipeListeners { touchstart: (event: TouchEvent) => void; touchend: (event: TouchEvent) => void }

export function useSwipe(turn: (steps: -1 | 1) => void, isEnabled: () => boolean): SwipeListeners {
  let from: Touch | null = null;
  return {
    touchstart(event) {
      from = event.touches.length === 1 ? (event.touches[0] ?? null) : null;
    },
    touchend(event) {
      const to = event.changedTouches[0];
      const steps = from && to && isEnabled() ? stepsOfSwipe(to.clientX - from.clientX, to.clientY - from.clientY) : 0;
      from = null;
      if (steps !== 0) turn(steps);
    },
  };
}

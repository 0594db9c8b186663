/** Circles on photos and the window onto a zoomed photo. Fractions: x and r of the width, y of the height. */
import type { Circle } from '../api/types';

export interface Point { x: number; y: number }
export interface Size { width: number; height: number }

// A click without dragging still marks a spot that can be seen on a thumbnail.
const SMALLEST_RADIUS = 0.03;
const LARGEST_RADIUS = 0.5;

/** The circle from its centre to a point on it; the centre stays on the photo. */
export function circleBetween(centre: Point, edge: Point, size: Size): Circle {
  const dx = edge.x - centre.x;
  const dy = ((edge.y - centre.y) * size.height) / size.width;
  const r = Math.min(LARGEST_RADIUS, Math.max(SMALLEST_RADIUS, Math.hypot(dx, dy)));
  return { shape: 'circle', x: rounded(clamp(centre.x)), y: rounded(clamp(centre.y)), r: rounded(r) };
}

/** The part of the photo that is shown: whole at zoom 1, else a window around `focus` that never leaves the photo. */
export function viewBoxAt(size: Size, zoom: number, focus: Point): string {
  const width = size.width / zoom;
  const height = size.height / zoom;
  const x = Math.min(Math.max(focus.x * size.width - width / 2, 0), size.width - width);
  const y = Math.min(Math.max(focus.y * size.height - height / 2, 0), size.height - height);
  return [x, y, width, height].map((value) => Math.round(value * 10) / 10).join(' ');
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

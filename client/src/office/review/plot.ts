/** Positions around a subject as a small plot: metres from the subject, scaled so that everything fits. Pure. */
import type { Position } from '../api/types';

const EARTH_RADIUS_M = 6_371_008.8;
// Room around the outermost thing, so that no dot sits on the frame.
const MARGIN = 1.15;

export interface PlotPoint { name: string; x: number; y: number; accuracy: number }
export interface Plot { points: PlotPoint[]; limit: number; metresPerUnit: number }

/** `size` is the side of the plot; y grows downward, as in SVG. Null when there is nothing to measure from. */
export function plotAround(subject: Position | null, others: { name: string; position: Position | null }[], limitM: number, size: number): Plot | null {
  const known = others.flatMap(({ name, position }) => (position && Number.isFinite(position.lng) && Number.isFinite(position.lat) ? [{ name, position }] : []));
  const centre = subject ?? known[0]?.position;
  if (!centre) return null;
  const metres = known.map(({ name, position }) => ({ name, ...offsetM(centre, position), accuracy: position.accuracy_m ?? 0 }));
  const reach = Math.max(subject ? limitM : 0, 20, ...metres.map((point) => Math.hypot(point.x, point.y) + point.accuracy)) * MARGIN;
  const scale = size / 2 / reach;
  return {
    limit: subject ? limitM * scale : 0,
    metresPerUnit: 1 / scale,
    points: metres.map((point) => ({ name: point.name, x: size / 2 + point.x * scale, y: size / 2 - point.y * scale, accuracy: point.accuracy * scale })),
  };
}

/** Metres between two positions, good for the short distances between two photos of one spot. */
export function metresBetween(from: Position, to: Position): number {
  const { x, y } = offsetM(from, to);
  return Math.hypot(x, y);
}

/** East and north of `from`, in metres; flat is exact enough for the few kilometres of a plot. */
function offsetM(from: Position, to: Position): { x: number; y: number } {
  const rad = Math.PI / 180;
  return {
    x: (to.lng - from.lng) * rad * EARTH_RADIUS_M * Math.cos(from.lat * rad),
    y: (to.lat - from.lat) * rad * EARTH_RADIUS_M,
  };
}

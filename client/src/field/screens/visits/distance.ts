/** How far away a place is, in a straight line. Both points are WGS-84; good to 0.5 %, which is all a list needs. */
export interface Point { lng: number; lat: number }

const EARTH_RADIUS_M = 6_371_000;

export function metresBetween(a: Point, b: Point): number {
  const radians = Math.PI / 180;
  const half = (angle: number): number => Math.sin((angle * radians) / 2) ** 2;
  const h = half(b.lat - a.lat) + Math.cos(a.lat * radians) * Math.cos(b.lat * radians) * half(b.lng - a.lng);
  return 2 * EARTH_RADIUS_M * Math.asin(Math.sqrt(h));
}

export function distanceWords(metres: number): string {
  if (metres < 1000) return `${Math.round(metres / 10) * 10} m`;
  return `${(metres / 1000).toFixed(metres < 10_000 ? 1 : 0)} km`;
}

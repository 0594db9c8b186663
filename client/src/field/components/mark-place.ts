/** Where a circle lies on a picture that is shown cut to a square (object-fit: cover) or whole. Pure. */

/** Fractions of the photo: centre from its left and top edge, radius of its width. */
export interface Mark {
  x: number;
  y: number;
  r: number;
}

/** As CSS percentages of the box: left, top and width of the circle. `ratio` is the photo's width ÷ height. */
export function markPlace(mark: Mark, ratio: number, whole: boolean): { left: string; top: string; width: string } {
  // The longer side is cut to the middle, so everything on it moves out from the middle by as much as it is cut.
  const across = whole ? 1 : Math.max(1, ratio);
  const down = whole ? 1 : Math.max(1, 1 / ratio);
  const x = (mark.x - 0.5) * across + 0.5;
  const y = (mark.y - 0.5) * down + 0.5;
  const radius = mark.r * across;
  // The circle's own height, in fractions of the box's height: a box that shows the photo whole has the photo's shape.
  const tall = whole ? radius * ratio : radius;
  return { left: percent(x - radius), top: percent(y - tall), width: percent(2 * radius) };
}

/** More would hide what they show. */
export const MOST_MARKS = 5;
/** A tap without a drag: about a thumb's width on the picture. */
const TAP_RADIUS = 0.1;
const SMALLEST_RADIUS = 0.03;

/** The circle that a finger draws from its middle outwards; both points are fractions of the picture. */
export function circleBetween(middle: { x: number; y: number }, edge: { x: number; y: number }, ratio: number): Mark & { shape: "circle" } {
  const across = edge.x - middle.x;
  const down = (edge.y - middle.y) / ratio;
  const drawn = Math.hypot(across, down);
  const radius = drawn < SMALLEST_RADIUS ? TAP_RADIUS : drawn;
  return { shape: "circle", x: within(middle.x), y: within(middle.y), r: rounded(Math.min(0.5, radius)) };
}

function within(fraction: number): number {
  return rounded(Math.min(1, Math.max(0, fraction)));
}

function rounded(fraction: number): number {
  return Math.round(fraction * 10_000) / 10_000;
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 10_000) / 100}%`;
}

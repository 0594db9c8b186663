/** Where a reviewer's circle lies on a picture that is shown cut to a square (object-fit: cover) or whole. Pure. */

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

function percent(fraction: number): string {
  return `${Math.round(fraction * 10_000) / 100}%`;
}

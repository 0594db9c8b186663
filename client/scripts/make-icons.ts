/** Draws the shield-and-tick mark as the PNG files which phones want, without an image library: distance fields and zlib. */
import { writeFileSync } from "node:fs";
import { deflateSync, crc32 } from "node:zlib";

type Point = [number, number];
type Color = [number, number, number];

const BLUE: Color = [0x0b, 0x4e, 0xa2];
const WHITE: Color = [255, 255, 255];
const GREEN: Color = [0x0a, 0x7d, 0x3c];
const TICK: Point[] = [[184, 256], [236, 310], [332, 206]];
const TICK_HALF_WIDTH = 20;

drawIcon("public/icons/icon-192.png", 192, { cornerRadius: 96, markScale: 1 });
drawIcon("public/icons/icon-512.png", 512, { cornerRadius: 96, markScale: 1 });
// A maskable icon may be cut to a circle of 80 % of its width; Apple rounds the corners itself.
drawIcon("public/icons/maskable-512.png", 512, { cornerRadius: 0, markScale: 0.8 });
drawIcon("public/icons/apple-touch-180.png", 180, { cornerRadius: 0, markScale: 0.92 });

function drawIcon(path: string, size: number, look: { cornerRadius: number; markScale: number }): void {
  const shield = shieldOutline();
  const pixels = Buffer.alloc(size * (size * 4 + 1));
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const sum = [0, 0, 0, 0];
      for (const [dx, dy] of [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]] as Point[]) {
        const point: Point = [((x + dx) * 512) / size, ((y + dy) * 512) / size];
        const color = colorAt(point, shield, look);
        if (color === null) continue;
        color.forEach((part, index) => (sum[index] = (sum[index] ?? 0) + part));
        sum[3] = (sum[3] ?? 0) + 1;
      }
      const hits = sum[3] ?? 0;
      const at = y * (size * 4 + 1) + 1 + x * 4;
      for (let part = 0; part < 3; part += 1) pixels[at + part] = hits === 0 ? 0 : Math.round((sum[part] ?? 0) / hits);
      pixels[at + 3] = Math.round((hits * 255) / 4);
    }
  }
  writeFileSync(path, png(size, pixels));
}

function colorAt(point: Point, shield: Point[], look: { cornerRadius: number; markScale: number }): Color | null {
  if (!insideRoundedSquare(point, look.cornerRadius)) return null;
  const mark: Point = [256 + (point[0] - 256) / look.markScale, 256 + (point[1] - 256) / look.markScale];
  for (let index = 0; index + 1 < TICK.length; index += 1) {
    const [from, to] = [TICK[index], TICK[index + 1]];
    if (from && to && distanceToSegment(mark, from, to) <= TICK_HALF_WIDTH) return GREEN;
  }
  return insidePolygon(mark, shield) ? WHITE : BLUE;
}

/** The same outline as in public/icons/mark.svg, its two curves cut into straight pieces. */
function shieldOutline(): Point[] {
  const right = cubic([400, 244], [400, 336], [342, 396], [256, 432]);
  const left = cubic([256, 432], [170, 396], [112, 336], [112, 244]);
  return [[256, 84], [400, 132], ...right, ...left, [112, 132]];
}

function cubic(p0: Point, p1: Point, p2: Point, p3: Point): Point[] {
  return Array.from({ length: 25 }, (_, step) => {
    const t = step / 24;
    const mix = (axis: 0 | 1): number =>
      (1 - t) ** 3 * p0[axis] + 3 * (1 - t) ** 2 * t * p1[axis] + 3 * (1 - t) * t ** 2 * p2[axis] + t ** 3 * p3[axis];
    return [mix(0), mix(1)] as Point;
  });
}

function insidePolygon([x, y]: Point, outline: Point[]): boolean {
  let inside = false;
  outline.forEach(([x1, y1], index) => {
    const [x2, y2] = outline[(index + 1) % outline.length] ?? [x1, y1];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  });
  return inside;
}

function insideRoundedSquare([x, y]: Point, radius: number): boolean {
  const dx = Math.max(radius - x, x - (512 - radius), 0);
  const dy = Math.max(radius - y, y - (512 - radius), 0);
  return radius === 0 || Math.hypot(dx, dy) <= radius;
}

function distanceToSegment([x, y]: Point, [x1, y1]: Point, [x2, y2]: Point): number {
  const along = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / ((x2 - x1) ** 2 + (y2 - y1) ** 2);
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(x - x1 - t * (x2 - x1), y - y1 - t * (y2 - y1));
}

function png(size: number, rows: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

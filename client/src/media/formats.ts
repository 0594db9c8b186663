/**
 * What counts as a photo, by content and never by name; the same rule as the server's, so that what is taken here is not
 * refused there. Mirrors media/formats.py; tests/vectors/media/photo_formats.json holds both to it.
 */

export type MediaType = "image/jpeg" | "image/png" | "image/webp" | "image/heic";

/** `reason` is a word of the screens. */
export class NotAPhoto extends Error {
  override name = "NotAPhoto";
  readonly reason: "empty" | "not_a_photo" | "too_many_pixels";
  constructor(reason: NotAPhoto["reason"]) {
    super(reason);
    this.reason = reason;
  }
}

const MAX_PIXELS = 100_000_000;
const MAX_SIDE_PX = 20_000;
const HEIC_BRANDS = ["heic", "heix", "heim", "heis", "hevc", "hevx"];
const SNIFF_BYTES = 64;
const JPEG_SEGMENTS = 1000;

/** The type of a file that is kept byte for byte. Raises NotAPhoto. */
export function checkPhoto(file: ArrayBuffer): MediaType {
  if (file.byteLength === 0) throw new NotAPhoto("empty");
  const type = mediaTypeOf(file);
  if (type === null) throw new NotAPhoto("not_a_photo");
  const [width, height] = sizeInHeader(file, type);
  if (width * height > MAX_PIXELS || Math.max(width, height) > MAX_SIDE_PX) throw new NotAPhoto("too_many_pixels");
  return type;
}

/** Null for what is no picture that the server takes. */
export function mediaTypeOf(file: ArrayBuffer): MediaType | null {
  const head = textOf(file, 0, SNIFF_BYTES);
  if (head.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (head.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (head.startsWith("RIFF") && head.slice(8, 12) === "WEBP") return "image/webp";
  if (head.slice(4, 8) === "ftyp" && brandsIn(head).some((brand) => HEIC_BRANDS.includes(brand))) return "image/heic";
  return null;
}

/** Width and height as the header says; zeros where it does not, and for HEIC, whose size phones do not come near the limit with. */
export function sizeInHeader(file: ArrayBuffer, type: MediaType): [width: number, height: number] {
  const bytes = new DataView(file);
  if (type === "image/jpeg") return jpegSize(bytes);
  if (type === "image/png" && bytes.byteLength >= 24) return [bytes.getUint32(16), bytes.getUint32(20)];
  return type === "image/webp" ? webpSize(bytes) : [0, 0];
}

/** Of the first frame header (ITU-T T.81 section B.2.2). */
function jpegSize(bytes: DataView): [number, number] {
  let at = 2;
  for (let segment = 0; segment < JPEG_SEGMENTS && at + 9 <= bytes.byteLength && bytes.getUint8(at) === 0xff; segment += 1) {
    const kind = bytes.getUint8(at + 1);
    const isFrame = kind >= 0xc0 && kind <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(kind);
    if (isFrame) return [bytes.getUint16(at + 7), bytes.getUint16(at + 5)];
    if (kind === 0xda) break;
    // A fill byte before the marker.
    at += kind === 0xff ? 1 : 2 + bytes.getUint16(at + 2);
  }
  return [0, 0];
}

/** Of the canvas (RFC 9649 section 2). */
function webpSize(bytes: DataView): [number, number] {
  const kind = textOf(bytes.buffer as ArrayBuffer, 12, 16);
  const uint24 = (at: number): number => bytes.getUint16(at, true) + bytes.getUint8(at + 2) * 65_536;
  if (kind === "VP8X" && bytes.byteLength >= 30) return [uint24(24) + 1, uint24(27) + 1];
  if (kind === "VP8L" && bytes.byteLength >= 25) {
    const bits = bytes.getUint32(21, true);
    return [(bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1];
  }
  if (kind === "VP8 " && bytes.byteLength >= 30) return [bytes.getUint16(26, true) & 0x3fff, bytes.getUint16(28, true) & 0x3fff];
  return [0, 0];
}

function brandsIn(head: string): string[] {
  const size = Math.min([...head.slice(0, 4)].reduce((sum, letter) => sum * 256 + letter.charCodeAt(0), 0), head.length);
  const brands = [head.slice(8, 12)];
  for (let at = 16; at < size - 3; at += 4) brands.push(head.slice(at, at + 4));
  return brands;
}

function textOf(file: ArrayBuffer, from: number, to: number): string {
  return String.fromCharCode(...new Uint8Array(file.slice(from, to)));
}

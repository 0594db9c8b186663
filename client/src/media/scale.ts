/**
 * One photo: decode, turn upright, scale down, encode, put its EXIF back, hash. Runs in the photo worker and, where a
 * worker cannot draw, on the page. A file that cannot be decoded here (HEIC, damaged) is kept byte for byte: the server decides.
 */
import { readExif, takenAtMs, writeExif } from "./exif.ts";
import type { ExifFacts } from "./exif.ts";

export const LONGEST_EDGE_PX = 1600;
export const JPEG_QUALITY = 0.8;
const THUMBNAIL_EDGE_PX = 240;
const THUMBNAIL_QUALITY = 0.7;
/** A JPEG that already is small and upright gains nothing from being encoded again. */
const SMALL_ENOUGH_BYTES = 700_000;

export interface PreparedPhoto {
  bytes: ArrayBuffer;
  sha256: string;
  media_type: string;
  width: number | null;
  height: number | null;
  /** Null when it cannot be drawn on this phone. */
  thumbnail: ArrayBuffer | null;
  /** What was picked, when the bytes above are a scaled copy of it; null when they are the file itself. */
  original: { sha256: string; size_bytes: number; media_type: string } | null;
  /** From EXIF, milliseconds since 1970. */
  taken_ms: number | null;
}

export interface Drawing {
  decode(file: Blob): Promise<Picture>;
}

/** A decoded picture, already upright. `encode` scales so that the longest edge fits; ask for the larger size first. */
export interface Picture {
  width: number;
  height: number;
  encode(longest_edge_px: number, quality: number): Promise<{ bytes: ArrayBuffer; width: number; height: number }>;
  close(): void;
}

export async function scalePhoto(file: Blob, drawing: Drawing, keep_as_is = false): Promise<PreparedPhoto> {
  const original = await file.arrayBuffer();
  const media_type = sniffMediaType(original) ?? (file.type || "application/octet-stream");
  const exif = readExif(original);
  const asPicked: PreparedPhoto = {
    bytes: original,
    sha256: await sha256Hex(original),
    media_type,
    width: null,
    height: null,
    thumbnail: null,
    original: null,
    taken_ms: exif === null ? null : takenAtMs(exif),
  };
  // A browser that can decode HEIC would drop its EXIF, which only the server can read.
  const picture = media_type === "image/heic" ? null : await decodeOrNull(file, drawing);
  if (picture === null) return asPicked;
  try {
    if (keep_as_is || isSmallAndUpright(original, media_type, picture, exif)) {
      const { bytes: thumbnail } = await picture.encode(THUMBNAIL_EDGE_PX, THUMBNAIL_QUALITY);
      return { ...asPicked, width: picture.width, height: picture.height, thumbnail };
    }
    const scaled = await picture.encode(LONGEST_EDGE_PX, JPEG_QUALITY);
    const { bytes: thumbnail } = await picture.encode(THUMBNAIL_EDGE_PX, THUMBNAIL_QUALITY);
    const bytes = exif === null ? scaled.bytes : writeExif(scaled.bytes, exif);
    return {
      ...asPicked,
      bytes,
      sha256: await sha256Hex(bytes),
      media_type: "image/jpeg",
      width: scaled.width,
      height: scaled.height,
      thumbnail,
      original: { sha256: asPicked.sha256, size_bytes: original.byteLength, media_type },
    };
  } catch {
    // Out of canvas memory: better the whole file than no photo.
    return asPicked;
  } finally {
    picture.close();
  }
}

export function fitWithin(width: number, height: number, longest_edge_px: number): { width: number; height: number } {
  const factor = Math.min(1, longest_edge_px / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
}

/** By content, since phones name and type files as they like. Null for what is not a picture we know. */
export function sniffMediaType(file: ArrayBuffer): string | null {
  const head = new Uint8Array(file, 0, Math.min(32, file.byteLength));
  const text = String.fromCharCode(...head);
  if (text.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP") return "image/webp";
  if (text.slice(4, 8) === "ftyp" && /^(heic|heix|hevc|heim|heis|mif1|msf1)/.test(text.slice(8, 12))) return "image/heic";
  if (text.startsWith("GIF8")) return "image/gif";
  return null;
}

export async function sha256Hex(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function decodeOrNull(file: Blob, drawing: Drawing): Promise<Picture | null> {
  try {
    return await drawing.decode(file);
  } catch {
    return null;
  }
}

function isSmallAndUpright(bytes: ArrayBuffer, media_type: string, picture: Picture, exif: ExifFacts | null): boolean {
  const upright = exif === null || exif.orientation === null || exif.orientation === 1;
  const small = bytes.byteLength <= SMALL_ENOUGH_BYTES && Math.max(picture.width, picture.height) <= LONGEST_EDGE_PX;
  return media_type === "image/jpeg" && upright && small;
}

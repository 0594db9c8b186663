/**
 * One photo: decode, turn upright, scale down, encode, put its EXIF back, hash. Runs in the photo worker and, where a
 * worker cannot draw, on the page. A photo that cannot be decoded here (HEIC, damaged) is kept byte for byte.
 */
import { readExif, takenAtMs, writeExif } from "./exif.ts";
import type { ExifFacts } from "./exif.ts";
import { checkPhoto, mediaTypeOf, NotAPhoto } from "./formats.ts";

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

/** Raises NotAPhoto for what the server would not take. */
export async function scalePhoto(file: Blob, drawing: Drawing, keep_as_is = false): Promise<PreparedPhoto> {
  const original = await file.arrayBuffer();
  if (original.byteLength === 0) throw new NotAPhoto("empty");
  const exif = readExif(original);
  const taken_ms = exif === null ? null : takenAtMs(exif);
  const asPicked = async (size: { width: number; height: number } | null, thumbnail: ArrayBuffer | null): Promise<PreparedPhoto> => ({
    bytes: original,
    sha256: await sha256Hex(original),
    media_type: checkPhoto(original),
    width: size?.width ?? null,
    height: size?.height ?? null,
    thumbnail,
    original: null,
    taken_ms,
  });
  const picture = await decodeOrNull(file, drawing);
  if (picture === null) return asPicked(null, null);
  const { width, height } = picture;
  try {
    // A browser that draws HEIC drops its EXIF, which only the server can read: it only shows it.
    if (keep_as_is || mediaTypeOf(original) === "image/heic" || isSmallAndUpright(original, picture, exif)) {
      return await asPicked({ width, height }, (await picture.encode(THUMBNAIL_EDGE_PX, THUMBNAIL_QUALITY)).bytes);
    }
    const scaled = await picture.encode(LONGEST_EDGE_PX, JPEG_QUALITY);
    const { bytes: thumbnail } = await picture.encode(THUMBNAIL_EDGE_PX, THUMBNAIL_QUALITY);
    const bytes = exif === null ? scaled.bytes : writeExif(scaled.bytes, exif);
    return {
      bytes,
      sha256: await sha256Hex(bytes),
      media_type: "image/jpeg",
      width: scaled.width,
      height: scaled.height,
      thumbnail,
      original: { sha256: await sha256Hex(original), size_bytes: original.byteLength, media_type: mediaTypeOf(original) ?? (file.type || "application/octet-stream") },
      taken_ms,
    };
  } catch {
    // Out of canvas memory: better the whole file than no photo.
    return asPicked(null, null);
  } finally {
    picture.close();
  }
}

export function fitWithin(width: number, height: number, longest_edge_px: number): { width: number; height: number } {
  const factor = Math.min(1, longest_edge_px / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
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

function isSmallAndUpright(bytes: ArrayBuffer, picture: Picture, exif: ExifFacts | null): boolean {
  const upright = exif === null || exif.orientation === null || exif.orientation === 1;
  const small = bytes.byteLength <= SMALL_ENOUGH_BYTES && Math.max(picture.width, picture.height) <= LONGEST_EDGE_PX;
  return mediaTypeOf(bytes) === "image/jpeg" && upright && small;
}

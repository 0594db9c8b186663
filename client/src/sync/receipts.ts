// Receipts: the short code a person can read out, and when a visit has wholly arrived. Mirrors sync/receipts.py.

import { sha256Hex } from "./records.ts";

export type ReceiptKind = "record" | "photo" | "visit"

export interface Receipt {
  code: string
  kind: ReceiptKind
  id: string
  sha256: string
  received_at: string
}

export interface ExpectedPhoto {
  id: string
  sha256: string
}

/** Ids in the order in which the visit lists them; `different_photos` arrived, but with other bytes than listed. */
export interface Completeness {
  complete: boolean
  missing_records: string[]
  missing_photos: string[]
  different_photos: string[]
}

const CODE = /^[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}$/;

/** Twelve hex digits in groups of four: "7F3C-21A9-0B44". A pure function, so phone and server print the same one. */
export async function receiptCode(kind: ReceiptKind, id: string, sha256: string): Promise<string> {
  const digest = (await sha256Hex(`${kind}|${id}|${sha256}`)).slice(0, 12).toUpperCase();
  return [digest.slice(0, 4), digest.slice(4, 8), digest.slice(8)].join("-");
}

/** The code in its one spelling, from what a person typed or scanned; null if it cannot be one. */
export function readReceiptCode(text: string): string | null {
  const digits = text.replace(/[ \t\r\n\u00a0\u3000\-‐–—－]/g, "").toUpperCase();
  const code = [digits.slice(0, 4), digits.slice(4, 8), digits.slice(8)].join("-");
  return CODE.test(code) ? code : null;
}

/** Whether everything that the visit record lists is durable there; the visit's own record counts too. */
export function visitCompleteness(
  visitId: string,
  expectedRecords: Iterable<string>,
  expectedPhotos: Iterable<ExpectedPhoto>,
  storedRecords: Iterable<string>,
  storedPhotos: Readonly<Record<string, string>>,
): Completeness {
  const present = new Set(storedRecords);
  const missingRecords = [...new Set([visitId, ...expectedRecords])].filter((id) => !present.has(id));
  const photos = [...new Map([...expectedPhotos].map((photo) => [photo.id, photo])).values()];
  const missingPhotos = photos.filter((photo) => storedPhotos[photo.id] === undefined).map((photo) => photo.id);
  const differentPhotos = photos
    .filter((photo) => (storedPhotos[photo.id] ?? photo.sha256) !== photo.sha256)
    .map((photo) => photo.id);
  return {
    complete: missingRecords.length + missingPhotos.length + differentPhotos.length === 0,
    missing_records: missingRecords,
    missing_photos: missingPhotos,
    different_photos: differentPhotos,
  };
}

/**
 * A receipt's number as people type it, read it aloud and scan it. The QR that a phone shows is the address of the desk's
 * answer, so any camera opens it; the desk's own field takes the address as well, since hand scanners type what they read.
 */

const DESK_PAGE = "/office/visits";

export function receiptAddress(origin: string, code: string): string {
  return `${origin}${DESK_PAGE}?receipt=${code}`;
}

/** "7f3c21a9 04d1" or the address of a QR → "7F3C-21A9-04D1"; null while it is not a whole number yet. */
export function receiptCodeIn(text: string): string | null {
  const named = /[?&]receipt=([^&#\s]*)/i.exec(text)?.[1];
  if (named === undefined && /[a-z]+:\/\//i.test(text)) return null;
  const digits = (named ?? text.normalize("NFKC")).replace(/[\s\-—－]/g, "").toUpperCase();
  return /^[0-9A-F]{12}$/.test(digits) ? (digits.match(/.{4}/g) ?? []).join("-") : null;
}

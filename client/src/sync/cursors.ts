// The pull cursor: how far a phone has read the change log. The phone stores and returns it unread; comparing guards
// against going backwards when two pulls overlap. Mirrors sync/cursors.py.

export interface Cursor {
  xid: bigint
  seq: bigint
}

export class CursorInvalid extends Error {
  override name = "CursorInvalid";
}

export const START: Cursor = { xid: 0n, seq: 0n };

const TEXT = /^1\.(0|[1-9]\d{0,19})\.(0|[1-9]\d{0,18})$/;
const LARGEST_XID = 2n ** 64n - 1n;
const LARGEST_SEQ = 2n ** 63n - 1n;

export function encodeCursor(cursor: Cursor): string {
  return btoa(`1.${cursor.xid}.${cursor.seq}`).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Nothing or the empty text is the start. Throws CursorInvalid. */
export function decodeCursor(text: string | null | undefined): Cursor {
  if (!text) return START;
  const match = TEXT.exec(plainText(text));
  const cursor = match ? { xid: BigInt(match[1] ?? ""), seq: BigInt(match[2] ?? "") } : null;
  if (!cursor || cursor.xid > LARGEST_XID || cursor.seq > LARGEST_SEQ || encodeCursor(cursor) !== text) {
    throw new CursorInvalid("not a cursor");
  }
  return cursor;
}

/** Negative when a is earlier than b, 0 when equal, positive when later. */
export function compareCursors(a: Cursor, b: Cursor): number {
  if (a.xid !== b.xid) return a.xid < b.xid ? -1 : 1;
  if (a.seq !== b.seq) return a.seq < b.seq ? -1 : 1;
  return 0;
}

function plainText(text: string): string {
  try {
    return atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    throw new CursorInvalid("not base64url");
  }
}

/** How large the next piece of a photo is: small where a cut is likely, larger where the network carries it in a second. */

export const FIRST_CHUNK_BYTES = 64_000;
const SMALLEST_BYTES = 64_000;
const LARGEST_BYTES = 256_000;
const QUICK_MS = 1_000;
const SLOW_MS = 8_000;

export function adaptChunk(chunk_bytes: number, sent_bytes: number, took_ms: number): number {
  // The last piece of a photo is short and says nothing about the network.
  if (sent_bytes < chunk_bytes) return chunk_bytes;
  if (took_ms < QUICK_MS) return Math.min(LARGEST_BYTES, chunk_bytes * 2);
  if (took_ms > SLOW_MS) return Math.max(SMALLEST_BYTES, Math.floor(chunk_bytes / 2));
  return chunk_bytes;
}

/** The address of a checklist version: SHA-256 of its canonical JSON (RFC 8785). */

/** SHA-256, in hex, of the canonical JSON of a document. Needs WebCrypto, that is HTTPS or localhost. */
export async function contentHash(document: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(canonicalJson(document));
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Canonical JSON: keys in UTF-16 order, no spaces, numbers and texts as ECMAScript writes them.
 *
 * Source: RFC 8785, sections 3.2.2 and 3.2.3; tests/vectors/forms/hashes.json.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
    return `{${entries.map(([key, child]) => `${JSON.stringify(key)}:${canonicalJson(child)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

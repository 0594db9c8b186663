/** Whether a file is what the build made: by its type, and by the hash that the build wrote down. Knows no cache and no network. */

const TYPES: Readonly<Record<string, RegExp>> = {
  js: /^(text|application)\/(x-)?javascript\b/,
  css: /^text\/css\b/,
  html: /^text\/html\b/,
  json: /^application\/json\b/,
  png: /^image\/png\b/,
  svg: /^image\/svg\+xml\b/,
  webmanifest: /^application\/(manifest\+)?json\b/,
  woff2: /^(font\/woff2|application\/font-woff2)\b/,
};

/** A gateway's page in the place of a script has the type of a page. */
export function hasTypeOf(path: string, response: Pick<Response, "status" | "headers">): boolean {
  const expected = TYPES[path.slice(path.lastIndexOf(".") + 1)];
  return response.status === 200 && expected !== undefined && expected.test(response.headers.get("Content-Type") ?? "");
}

/** `integrity` as in a script's attribute: "sha256-" and the hash in base64. */
export async function hasHash(bytes: ArrayBuffer, integrity: string): Promise<boolean> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return integrity === `sha256-${btoa(String.fromCharCode(...digest))}`;
}

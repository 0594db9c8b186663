// Records made on the phone: sealing them with the canonical content hash, reading them, telling a repeat from a conflict.
// Mirrors sync/records.py.

import { parseTime } from "./times.ts";

export type RecordKind = "visit" | "submission" | "hazard_event" | "photo"
export type Comparison = "new" | "same" | "conflict"

export interface UnsealedRecord<Body extends object = Record<string, unknown>> {
  id: string
  kind: RecordKind
  visit_id: string | null
  subject_id: string | null
  made_at: string
  body: Body
}

export interface Envelope<Body extends object = Record<string, unknown>> extends UnsealedRecord<Body> {
  content_hash: string
}

export interface EnvelopeFault {
  pointer: string
  code: string
  params: Record<string, unknown>
}

export class EnvelopeInvalid extends Error {
  override name = "EnvelopeInvalid";
  readonly faults: readonly EnvelopeFault[];
  constructor(faults: readonly EnvelopeFault[]) {
    super(faults.map((fault) => `${fault.pointer} ${fault.code}`).join(", "));
    this.faults = faults;
  }
}

/** The document has no canonical form that both languages agree on (unsafe number, lone surrogate, NaN). */
export class NotCanonical extends Error {
  override name = "NotCanonical";
}

const KINDS: readonly string[] = ["visit", "submission", "hazard_event", "photo"] satisfies RecordKind[];
const HASHED_KEYS = ["id", "kind", "visit_id", "subject_id", "made_at", "body"] as const;
const KEYS: readonly string[] = [...HASHED_KEYS, "content_hash"];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** The record with its hash; after this the record never changes. */
export async function sealRecord<Body extends object>(record: UnsealedRecord<Body>): Promise<Envelope<Body>> {
  return { ...record, content_hash: await contentHash(record) };
}

/** Throws EnvelopeInvalid with every fault; `hash_mismatch` only when the rest can be read. */
export async function parseEnvelope(document: unknown): Promise<Envelope> {
  if (!isObject(document)) throw new EnvelopeInvalid([{ pointer: "", code: "not-an-object", params: {} }]);
  const faults = shapeFaults(document);
  if (faults.length > 0) throw new EnvelopeInvalid(faults);
  // The shape was checked key by key just above.
  const envelope = document as unknown as Envelope;
  const computed = await contentHash(envelope).catch((error: unknown) => {
    if (!(error instanceof NotCanonical)) throw error;
    throw new EnvelopeInvalid([{ pointer: "/body", code: "not-canonical", params: {} }]);
  });
  if (computed !== envelope.content_hash) {
    throw new EnvelopeInvalid([{ pointer: "/content_hash", code: "hash-mismatch", params: { computed } }]);
  }
  return envelope;
}

/** SHA-256 over the canonical form of the six hashed keys; anything else on the argument is left out. */
export async function contentHash(record: UnsealedRecord<object>): Promise<string> {
  return sha256Hex(canonicalJson(Object.fromEntries(HASHED_KEYS.map((key) => [key, record[key]]))));
}

/** RFC 8785, narrowed: whole numbers beyond 2^53 − 1 are refused, as phone and server would read different ones. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return canonicalString(value);
  if (typeof value === "number") return canonicalNumber(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object") throw new NotCanonical(`${typeof value} is not JSON`);
  const members = Object.entries(value)
    // JSON.stringify, which writes what is sent, leaves these out as well.
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${canonicalString(key)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}

/** What an arriving record is to the one stored under the same id (null when there is none). */
export function compare(storedHash: string | null, incomingHash: string): Comparison {
  if (storedHash === null) return "new";
  return storedHash === incomingHash ? "same" : "conflict";
}

/** Lower-case hyphenated form only, so that one id has one spelling. */
export function isUuid(value: unknown): value is string {
  return typeof value === "string" && UUID.test(value);
}

export function isSha256(value: unknown): value is string {
  return typeof value === "string" && SHA256.test(value);
}

/** Lower-case hex SHA-256 of text (as UTF-8) or bytes. */
export async function sha256Hex(content: string | BufferSource): Promise<string> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return hex(await crypto.subtle.digest("SHA-256", bytes));
}

export function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function canonicalString(text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new NotCanonical("lone surrogate");
  return JSON.stringify(text);
}

function canonicalNumber(number: number): string {
  if (!Number.isFinite(number)) throw new NotCanonical("not a finite number");
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) throw new NotCanonical("whole number beyond 2^53 - 1");
  return JSON.stringify(number);
}

function shapeFaults(document: Record<string, unknown>): EnvelopeFault[] {
  const fault = (pointer: string, code: string, params = {}): EnvelopeFault => ({ pointer, code, params });
  const faults = KEYS.filter((key) => !(key in document)).map((key) => fault(`/${key}`, "missing"));
  for (const key of Object.keys(document)) {
    if (!KEYS.includes(key)) faults.push(fault("", "unknown-key", { key: key.slice(0, 80) }));
  }
  const checks: [string, (value: unknown) => boolean, string][] = [
    ["id", isUuid, "not-a-uuid"],
    ["kind", (value) => KINDS.includes(value as string), "unknown-kind"],
    ["visit_id", (value) => value === null || isUuid(value), "not-a-uuid"],
    ["subject_id", (value) => value === null || isUuid(value), "not-a-uuid"],
    ["made_at", isTime, "not-a-time"],
    ["body", isObject, "not-an-object"],
    ["content_hash", isSha256, "not-a-sha256"],
  ];
  for (const [key, holds, code] of checks) {
    if (key in document && !holds(document[key])) faults.push(fault(`/${key}`, code));
  }
  if (faults.length === 0 && document["kind"] === "visit" && document["visit_id"] !== document["id"]) {
    faults.push(fault("/visit_id", "not-the-visit-itself"));
  }
  return faults;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTime(value: unknown): boolean {
  try {
    parseTime(value);
    return true;
  } catch {
    return false;
  }
}

/**
 * EXIF of a JPEG, exactly the tags that are evidence here: when, where, in which direction, with what device and software.
 * A photo is scaled down on the phone, which loses its metadata; these tags are carried over raw, so that no rounding or
 * conversion of ours touches them. Orientation is always written as 1, since the pixels have been turned upright.
 *
 * Source: CIPA DC-008 (Exif 2.32) §4.6; JPEG marker syntax from ITU-T T.81 Annex B.
 */
import { YEAR } from "../vocabulary/dates.ts";

/** Numerator and denominator as the camera wrote them. */
export type Rational = readonly [numerator: number, denominator: number];

export interface ExifFacts {
  orientation: number | null;
  make: string | null;
  model: string | null;
  software: string | null;
  /** "2021:03:23 09:15:02", local time of the camera. */
  taken_at: string | null;
  /** "+08:00" */
  taken_offset: string | null;
  gps: GpsFacts | null;
}

export interface GpsFacts {
  latitude_ref: "N" | "S";
  latitude: readonly [Rational, Rational, Rational];
  longitude_ref: "E" | "W";
  longitude: readonly [Rational, Rational, Rational];
  /** 0 above sea level, 1 below. */
  altitude_ref: 0 | 1;
  altitude: Rational | null;
  time_stamp: readonly [Rational, Rational, Rational] | null;
  date_stamp: string | null;
  direction_ref: "T" | "M" | null;
  direction: Rational | null;
  datum: string | null;
}

const ORIENTATION = 0x0112;
const MAKE = 0x010f;
const MODEL = 0x0110;
const SOFTWARE = 0x0131;
const EXIF_IFD = 0x8769;
const GPS_IFD = 0x8825;
const DATE_TIME_ORIGINAL = 0x9003;
const OFFSET_TIME_ORIGINAL = 0x9011;
const EXIF_VERSION = 0x9000;

const GPS = {
  version: 0,
  latitude_ref: 1,
  latitude: 2,
  longitude_ref: 3,
  longitude: 4,
  altitude_ref: 5,
  altitude: 6,
  time_stamp: 7,
  direction_ref: 16,
  direction: 17,
  datum: 18,
  date_stamp: 29,
} as const;

const BYTE = 1;
const ASCII = 2;
const SHORT = 3;
const LONG = 4;
const RATIONAL = 5;
const UNDEFINED = 7;
const SIGNED_RATIONAL = 10;
const BYTES_PER_VALUE: Record<number, number> = {
  [BYTE]: 1,
  [ASCII]: 1,
  [SHORT]: 2,
  [LONG]: 4,
  [RATIONAL]: 8,
  [UNDEFINED]: 1,
  [SIGNED_RATIONAL]: 8,
};

const EXIF_HEADER = [0x45, 0x78, 0x69, 0x66, 0, 0];
/** A segment's length field has 16 bits. Camera texts beyond this are cut, which keeps ours far below it. */
const LONGEST_TEXT = 200;

/** Null when the file is no JPEG or has no EXIF that can be read. Damaged tags are left out, never an exception. */
export function readExif(file: ArrayBuffer): ExifFacts | null {
  const segment = findExifSegment(new DataView(file));
  if (segment === null) return null;
  try {
    return readTiff(segment);
  } catch (error) {
    // Offsets that point outside the segment: a damaged or hostile file.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The same JPEG with our EXIF segment in the place of any other. Raises TypeError if the bytes are no JPEG. */
export function writeExif(jpeg: ArrayBuffer, facts: ExifFacts): ArrayBuffer {
  const bytes = new Uint8Array(jpeg);
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw new TypeError("not a JPEG");
  const payload = Uint8Array.of(...EXIF_HEADER, ...buildTiff(facts));
  const length = payload.length + 2;
  const segment = Uint8Array.of(0xff, 0xe1, length >> 8, length & 0xff, ...payload);
  const rest = withoutExifSegments(bytes);
  const written = new Uint8Array(2 + segment.length + rest.length);
  written.set([0xff, 0xd8]);
  written.set(segment, 2);
  written.set(rest, 2 + segment.length);
  return written.buffer;
}

/** Decimal degrees, or null for values that no place on earth has. */
export function gpsDegrees(gps: GpsFacts): { lng: number; lat: number } | null {
  const lat = degrees(gps.latitude) * (gps.latitude_ref === "S" ? -1 : 1);
  const lng = degrees(gps.longitude) * (gps.longitude_ref === "W" ? -1 : 1);
  return Math.abs(lat) <= 90 && Math.abs(lng) <= 180 ? { lng, lat } : null;
}

/** Milliseconds since 1970; a camera that names no offset is taken to show Beijing time. Null for an unset or odd clock. */
export function takenAtMs(facts: ExifFacts): number | null {
  const match = TAKEN_AT.exec(facts.taken_at ?? "");
  if (match === null) return null;
  const offset = OFFSET.test(facts.taken_offset ?? "") ? facts.taken_offset : "+08:00";
  const day = `${match[1]}-${match[2]}-${match[3]}`;
  // Date.parse takes 30 February for 2 March.
  if (!new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)) return null;
  const moment = Date.parse(`${day}T${match[4]}${offset}`);
  return Number.isNaN(moment) ? null : moment;
}

const TAKEN_AT = new RegExp(String.raw`^(${YEAR}):(0[1-9]|1[0-2]):(0[1-9]|[12]\d|3[01]) (\d\d:\d\d:\d\d)$`);
const OFFSET = /^[+-](?:0\d|1[0-4]):[0-5]\d$/;

function degrees([d, m, s]: readonly [Rational, Rational, Rational]): number {
  const value = ([numerator, denominator]: Rational): number => (denominator === 0 ? Number.NaN : numerator / denominator);
  // Some cameras write 0/0 seconds when the minutes already hold the fraction.
  return value(d) + value(m) / 60 + (s[1] === 0 ? 0 : value(s) / 3600);
}

function findExifSegment(view: DataView): DataView | null {
  for (const { marker, start, end } of segments(view)) {
    if (marker === 0xe1 && isExif(view, start, end)) return new DataView(view.buffer, view.byteOffset + start + 6, end - start - 6);
  }
  return null;
}

function isExif(view: DataView, start: number, end: number): boolean {
  return end - start > 14 && EXIF_HEADER.every((byte, index) => view.getUint8(start + index) === byte);
}

/** The header segments up to the start of the picture data; `start` and `end` enclose the payload. */
function* segments(view: DataView): Generator<{ marker: number; start: number; end: number }> {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return;
  let at = 2;
  while (at + 4 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0xda || marker === 0xd9) return;
    const end = at + 2 + view.getUint16(at + 2);
    if (end <= at + 3 || end > view.byteLength) return;
    yield { marker, start: at + 4, end };
    at = end;
  }
}

/** Everything after the start marker, with each APP1 Exif segment cut out. */
function withoutExifSegments(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  let kept = 2;
  for (const { marker, start, end } of segments(view)) {
    if (marker !== 0xe1 || !isExif(view, start, end)) continue;
    parts.push(bytes.subarray(kept, start - 4));
    kept = end;
  }
  parts.push(bytes.subarray(kept));
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

interface Entry {
  type: number;
  count: number;
  at: number;
}

function readTiff(view: DataView): ExifFacts | null {
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return null;
  const little = order === 0x4949;
  if (view.getUint16(2, little) !== 42) return null;
  const main = readDirectory(view, view.getUint32(4, little), little);
  const exif = readSubDirectory(view, main.get(EXIF_IFD), little);
  const orientation = readShort(view, main.get(ORIENTATION), little);
  return {
    orientation: orientation !== null && orientation >= 1 && orientation <= 8 ? orientation : null,
    make: readText(view, main.get(MAKE)),
    model: readText(view, main.get(MODEL)),
    software: readText(view, main.get(SOFTWARE)),
    taken_at: readText(view, exif.get(DATE_TIME_ORIGINAL)),
    taken_offset: readText(view, exif.get(OFFSET_TIME_ORIGINAL)),
    gps: readGps(view, readSubDirectory(view, main.get(GPS_IFD), little), little),
  };
}

function readGps(view: DataView, directory: Map<number, Entry>, little: boolean): GpsFacts | null {
  const latitude = readTriple(view, directory.get(GPS.latitude), little);
  const longitude = readTriple(view, directory.get(GPS.longitude), little);
  const latitude_ref = readText(view, directory.get(GPS.latitude_ref));
  const longitude_ref = readText(view, directory.get(GPS.longitude_ref));
  if (latitude === null || longitude === null) return null;
  if ((latitude_ref !== "N" && latitude_ref !== "S") || (longitude_ref !== "E" && longitude_ref !== "W")) return null;
  const direction_ref = readText(view, directory.get(GPS.direction_ref));
  const altitude_ref = directory.get(GPS.altitude_ref);
  return {
    latitude_ref,
    latitude,
    longitude_ref,
    longitude,
    altitude_ref: altitude_ref !== undefined && view.getUint8(altitude_ref.at) === 1 ? 1 : 0,
    altitude: readRationals(view, directory.get(GPS.altitude), little)[0] ?? null,
    time_stamp: readTriple(view, directory.get(GPS.time_stamp), little),
    date_stamp: readText(view, directory.get(GPS.date_stamp)),
    direction_ref: direction_ref === "T" || direction_ref === "M" ? direction_ref : null,
    direction: readRationals(view, directory.get(GPS.direction), little)[0] ?? null,
    datum: readText(view, directory.get(GPS.datum)),
  };
}

function readSubDirectory(view: DataView, pointer: Entry | undefined, little: boolean): Map<number, Entry> {
  if (pointer?.type !== LONG) return new Map();
  try {
    return readDirectory(view, view.getUint32(pointer.at, little), little);
  } catch (error) {
    // A damaged sub-directory must not cost the tags of the others.
    if (error instanceof RangeError) return new Map();
    throw error;
  }
}

function readDirectory(view: DataView, offset: number, little: boolean): Map<number, Entry> {
  const entries = new Map<number, Entry>();
  const count = view.getUint16(offset, little);
  for (let index = 0; index < count; index += 1) {
    const at = offset + 2 + index * 12;
    if (at + 12 > view.byteLength) break;
    const type = view.getUint16(at + 2, little);
    const values = view.getUint32(at + 4, little);
    const size = (BYTES_PER_VALUE[type] ?? 0) * values;
    const place = size <= 4 ? at + 8 : view.getUint32(at + 8, little);
    if (size > 0 && place + size <= view.byteLength) entries.set(view.getUint16(at, little), { type, count: values, at: place });
  }
  return entries;
}

function readShort(view: DataView, entry: Entry | undefined, little: boolean): number | null {
  return entry?.type === SHORT ? view.getUint16(entry.at, little) : null;
}

function readText(view: DataView, entry: Entry | undefined): string | null {
  if (entry?.type !== ASCII) return null;
  const bytes = new Uint8Array(view.buffer, view.byteOffset + entry.at, Math.min(entry.count, LONGEST_TEXT));
  const end = bytes.indexOf(0);
  // Vendors put UTF-8 and worse into "ASCII" tags; decoding is lenient, and writing encodes as UTF-8 again.
  const text = new TextDecoder().decode(end === -1 ? bytes : bytes.subarray(0, end)).trim();
  return text === "" ? null : text;
}

function readRationals(view: DataView, entry: Entry | undefined, little: boolean): Rational[] {
  if (entry?.type !== RATIONAL && entry?.type !== SIGNED_RATIONAL) return [];
  const values = Array.from({ length: Math.min(entry.count, 3) }, (_, index): Rational => [
    view.getUint32(entry.at + index * 8, little),
    view.getUint32(entry.at + index * 8 + 4, little),
  ]);
  // Some phones write degrees as signed (Nokia 8.3). A negative one contradicts its N/S or E/W letter, so it says nothing.
  const isNegative = entry.type === SIGNED_RATIONAL && values.some((value) => value.some((part) => part > 0x7fffffff));
  return isNegative ? [] : values;
}

function readTriple(view: DataView, entry: Entry | undefined, little: boolean): [Rational, Rational, Rational] | null {
  const [first, second, third] = readRationals(view, entry, little);
  return first && second && third ? [first, second, third] : null;
}

interface Field {
  tag: number;
  type: number;
  count: number;
  data: number[];
}

/** Big-endian: IFD0 at 8, then its values, then the Exif and GPS directories with theirs. */
function buildTiff(facts: ExifFacts): number[] {
  const exifFields = [
    bytesField(EXIF_VERSION, UNDEFINED, [0x30, 0x32, 0x33, 0x32]),
    ...textField(DATE_TIME_ORIGINAL, facts.taken_at),
    ...textField(OFFSET_TIME_ORIGINAL, facts.taken_offset),
  ];
  const gpsFields = facts.gps === null ? [] : gpsFieldsOf(facts.gps);
  const mainFields = (exifAt: number, gpsAt: number): Field[] => [
    ...textField(MAKE, facts.make),
    ...textField(MODEL, facts.model),
    { tag: ORIENTATION, type: SHORT, count: 1, data: [0, 1] },
    ...textField(SOFTWARE, facts.software),
    { tag: EXIF_IFD, type: LONG, count: 1, data: uint32(exifAt) },
    ...(gpsFields.length === 0 ? [] : [{ tag: GPS_IFD, type: LONG, count: 1, data: uint32(gpsAt) }]),
  ];
  const mainSize = directoryBytes(mainFields(0, 0), 8).length;
  const exif = directoryBytes(exifFields, 8 + mainSize);
  const gpsAt = 8 + mainSize + exif.length;
  const main = directoryBytes(mainFields(8 + mainSize, gpsAt), 8);
  const gps = gpsFields.length === 0 ? [] : directoryBytes(gpsFields, gpsAt);
  return [0x4d, 0x4d, 0, 42, ...uint32(8), ...main, ...exif, ...gps];
}

function gpsFieldsOf(gps: GpsFacts): Field[] {
  return [
    bytesField(GPS.version, BYTE, [2, 3, 0, 0]),
    ...textField(GPS.latitude_ref, gps.latitude_ref),
    rationalField(GPS.latitude, gps.latitude),
    ...textField(GPS.longitude_ref, gps.longitude_ref),
    rationalField(GPS.longitude, gps.longitude),
    ...(gps.altitude === null
      ? []
      : [bytesField(GPS.altitude_ref, BYTE, [gps.altitude_ref]), rationalField(GPS.altitude, [gps.altitude])]),
    ...(gps.time_stamp === null ? [] : [rationalField(GPS.time_stamp, gps.time_stamp)]),
    ...(gps.direction === null ? [] : [...textField(GPS.direction_ref, gps.direction_ref), rationalField(GPS.direction, [gps.direction])]),
    ...textField(GPS.datum, gps.datum),
    ...textField(GPS.date_stamp, gps.date_stamp),
  ];
}

/** Entries in ascending order of tags, as the specification demands; values of more than four bytes follow the table. */
function directoryBytes(fields: Field[], at: number): number[] {
  const table: number[] = [...uint16(fields.length)];
  const values: number[] = [];
  const valuesAt = at + 2 + fields.length * 12 + 4;
  for (const { tag, type, count, data } of [...fields].sort((a, b) => a.tag - b.tag)) {
    table.push(...uint16(tag), ...uint16(type), ...uint32(count));
    if (data.length <= 4) {
      table.push(...data, ...Array<number>(4 - data.length).fill(0));
      continue;
    }
    table.push(...uint32(valuesAt + values.length));
    values.push(...data);
    if (values.length % 2 === 1) values.push(0);
  }
  return [...table, ...uint32(0), ...values];
}

function textField(tag: number, text: string | null): Field[] {
  if (text === null) return [];
  const data = [...new TextEncoder().encode(text), 0];
  return [{ tag, type: ASCII, count: data.length, data }];
}

function bytesField(tag: number, type: number, data: number[]): Field {
  return { tag, type, count: data.length, data };
}

function rationalField(tag: number, values: readonly Rational[]): Field {
  return { tag, type: RATIONAL, count: values.length, data: values.flatMap(([n, d]) => [...uint32(n), ...uint32(d)]) };
}

function uint16(value: number): number[] {
  return [(value >>> 8) & 0xff, value & 0xff];
}

function uint32(value: number): number[] {
  return [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

/** Builds small JPEGs with EXIF as cameras write it, little-endian unlike our own writer, so that a shared mistake shows. */

export interface Tag {
  tag: number;
  type: 1 | 2 | 3 | 4 | 5 | 10;
  values: number[] | string | [number, number][];
}

export function jpegWith(directories: { main?: Tag[]; exif?: Tag[]; gps?: Tag[] }): ArrayBuffer {
  const tiff = tiffWith(directories);
  const payload = [...ascii("Exif\0\0"), ...tiff];
  return Uint8Array.from([0xff, 0xd8, ...segment(0xe0, ascii("JFIF\0")), ...segment(0xe1, payload), ...pictureData()]).buffer;
}

export function plainJpeg(): ArrayBuffer {
  return Uint8Array.from([0xff, 0xd8, ...segment(0xe0, ascii("JFIF\0")), ...pictureData()]).buffer;
}

export function ascii(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}

function pictureData(): number[] {
  return [0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9];
}

function segment(marker: number, payload: number[]): number[] {
  const length = payload.length + 2;
  return [0xff, marker, length >> 8, length & 0xff, ...payload];
}

function tiffWith({ main = [], exif, gps }: { main?: Tag[]; exif?: Tag[]; gps?: Tag[] }): number[] {
  const pointers = (exifAt: number, gpsAt: number): Tag[] => [
    ...main,
    ...(exif ? [{ tag: 0x8769, type: 4 as const, values: [exifAt] }] : []),
    ...(gps ? [{ tag: 0x8825, type: 4 as const, values: [gpsAt] }] : []),
  ];
  const exifAt = 8 + directory(pointers(0, 0), 8).length;
  const exifBytes = exif ? directory(exif, exifAt) : [];
  const gpsAt = exifAt + exifBytes.length;
  const gpsBytes = gps ? directory(gps, gpsAt) : [];
  return [0x49, 0x49, 42, 0, ...u32(8), ...directory(pointers(exifAt, gpsAt), 8), ...exifBytes, ...gpsBytes];
}

function directory(tags: Tag[], at: number): number[] {
  const table = u16(tags.length);
  const values: number[] = [];
  const valuesAt = at + 2 + tags.length * 12 + 4;
  for (const { tag, type, values: given } of tags) {
    const data = bytesOf(type, given);
    const count = type === 5 || type === 10 ? data.length / 8 : type === 3 ? data.length / 2 : type === 4 ? data.length / 4 : data.length;
    table.push(...u16(tag), ...u16(type), ...u32(count));
    if (data.length <= 4) table.push(...data, ...Array<number>(4 - data.length).fill(0));
    else {
      table.push(...u32(valuesAt + values.length));
      values.push(...data);
    }
  }
  return [...table, ...u32(0), ...values];
}

function bytesOf(type: Tag["type"], values: Tag["values"]): number[] {
  if (typeof values === "string") return ascii(`${values}\0`);
  if (type === 5 || type === 10) return (values as [number, number][]).flatMap(([n, d]) => [...u32(n), ...u32(d)]);
  const width = type === 3 ? u16 : type === 4 ? u32 : (value: number) => [value];
  return (values as number[]).flatMap((value) => width(value));
}

function u16(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff];
}

function u32(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff];
}

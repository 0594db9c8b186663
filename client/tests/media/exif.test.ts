import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { gpsDegrees, readExif, takenAtMs, writeExif } from "../../src/media/exif.ts";
import type { ExifFacts, GpsFacts } from "../../src/media/exif.ts";
import { ascii, jpegWith, plainJpeg } from "./jpeg.ts";

const PHOTOS = process.env["REAL_PHOTOS"] ?? "";

const ZEZHOU_GPS: GpsFacts = {
  latitude_ref: "N",
  latitude: [[35, 1], [37, 1], [192, 100]],
  longitude_ref: "E",
  longitude: [[112, 1], [53, 1], [5676, 100]],
  altitude_ref: 0,
  altitude: [7321, 10],
  time_stamp: [[1, 1], [15, 1], [2, 1]],
  date_stamp: "2026:11:23",
  direction_ref: "T",
  direction: [21287, 100],
  datum: "WGS-84",
};

const ZEZHOU: ExifFacts = {
  orientation: 6,
  make: "HUAWEI",
  model: "TAS-AL00",
  software: null,
  taken_at: "2026:11:23 09:15:02",
  taken_offset: "+08:00",
  gps: ZEZHOU_GPS,
};

function facts(changes: Partial<ExifFacts> = {}): ExifFacts {
  return { orientation: null, make: null, model: null, software: null, taken_at: null, taken_offset: null, gps: null, ...changes };
}

describe("reading EXIF", () => {
  it("finds position, time, offset and direction in a camera's little-endian file", () => {
    const jpeg = jpegWith({
      main: [{ tag: 0x0112, type: 3, values: [6] }],
      exif: [
        { tag: 0x9003, type: 2, values: "2026:11:23 09:15:02" },
        { tag: 0x9011, type: 2, values: "+08:00" },
      ],
      gps: [
        { tag: 1, type: 2, values: "N" },
        { tag: 2, type: 5, values: [[35, 1], [37, 1], [192, 100]] },
        { tag: 3, type: 2, values: "E" },
        { tag: 4, type: 5, values: [[112, 1], [53, 1], [5676, 100]] },
        { tag: 16, type: 2, values: "T" },
        { tag: 17, type: 5, values: [[21287, 100]] },
      ],
    });

    const found = readExif(jpeg);

    expect(found).toMatchObject({ orientation: 6, taken_at: "2026:11:23 09:15:02", taken_offset: "+08:00", gps: { direction: [21287, 100], direction_ref: "T" } });
    expect(gpsDegrees(found?.gps ?? ZEZHOU_GPS)).toEqual({ lat: expect.closeTo(35.6172, 6), lng: expect.closeTo(112.899_1, 6) });
  });

  it("understands degrees written as signed numbers, and distrusts negative ones", () => {
    const gps = (degrees: number) =>
      jpegWith({
        gps: [
          { tag: 1, type: 2, values: "N" },
          { tag: 2, type: 10, values: [[degrees, 1], [8, 1], [0, 1]] },
          { tag: 3, type: 2, values: "E" },
          { tag: 4, type: 10, values: [[24, 1], [54, 1], [0, 1]] },
        ],
      });

    expect(readExif(gps(60))?.gps?.latitude[0]).toEqual([60, 1]);
    expect(readExif(gps(-60))?.gps).toBeNull();
  });

  it.each([
    ["a JPEG without EXIF", plainJpeg()],
    ["an empty file", new ArrayBuffer(0)],
    ["a text file", Uint8Array.from(ascii("not a picture at all")).buffer],
    ["a segment that claims to be longer than the file", Uint8Array.from([0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff, ...ascii("Exif\0\0II*\0")]).buffer],
    ["a directory far outside the segment", Uint8Array.from([0xff, 0xd8, 0xff, 0xe1, 0, 18, ...ascii("Exif\0\0II*\0"), 0xff, 0xff, 0xff, 0x7f, 0, 0, 0xff, 0xd9]).buffer],
  ])("says nothing about %s", (_name, file) => {
    expect(readExif(file)).toBeNull();
  });

  it("takes a camera without a zone to show Beijing time, and an unset clock to show nothing", () => {
    expect(takenAtMs(facts({ taken_at: "2026:11:23 09:15:02" }))).toBe(Date.parse("2026-11-23T01:15:02Z"));
    expect(takenAtMs(facts({ taken_at: "2026:11:23 09:15:02", taken_offset: "+03:00" }))).toBe(Date.parse("2026-11-23T06:15:02Z"));
    expect(takenAtMs(facts({ taken_at: "0000:00:00 00:00:00" }))).toBeNull();
    expect(takenAtMs(facts({ taken_at: "    :  :     :  :  " }))).toBeNull();
  });

  it("refuses degrees that no place on earth has", () => {
    const gps = { ...ZEZHOU_GPS, latitude: [[91, 1], [0, 1], [0, 1]] as const };

    expect(gpsDegrees(gps)).toBeNull();
    expect(gpsDegrees({ ...ZEZHOU_GPS, latitude: [[35, 0], [0, 1], [0, 1]] })).toBeNull();
  });
});

describe("writing EXIF", () => {
  it("gives back every tag exactly, with the picture turned upright", () => {
    const written = writeExif(plainJpeg(), ZEZHOU);

    expect(readExif(written)).toEqual({ ...ZEZHOU, orientation: 1 });
  });

  it("puts one EXIF segment first and leaves the rest of the file as it is", () => {
    const camera = jpegWith({ main: [{ tag: 0x0112, type: 3, values: [8] }] });

    const written = new Uint8Array(writeExif(camera, facts()));

    const text = String.fromCharCode(...written);
    expect([...written.subarray(0, 4)]).toEqual([0xff, 0xd8, 0xff, 0xe1]);
    expect(text.split("Exif\0\0")).toHaveLength(2);
    expect(text).toContain("JFIF\0");
    expect([...written.subarray(-5)]).toEqual([1, 2, 3, 0xff, 0xd9]);
  });

  it("writes the bytes that the specification asks for", () => {
    const written = new Uint8Array(writeExif(plainJpeg(), facts({ taken_offset: "+08:00" })));

    const tiff = [...written.subarray(12, 12 + 8 + 2 + 24 + 4 + 2 + 24)];
    expect(tiff).toEqual([
      ...[0x4d, 0x4d, 0, 42, 0, 0, 0, 8],
      ...[0, 2],
      ...[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 1, 0, 0],
      ...[0x87, 0x69, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38],
      ...[0, 0, 0, 0],
      ...[0, 2],
      ...[0x90, 0x00, 0, 7, 0, 0, 0, 4, 0x30, 0x32, 0x33, 0x32],
      ...[0x90, 0x11, 0, 2, 0, 0, 0, 7, 0, 0, 0, 68],
    ]);
    expect(String.fromCharCode(...written.subarray(12 + 68, 12 + 74))).toBe("+08:00");
  });

  it("begins every long value at an even offset", () => {
    const written = new DataView(writeExif(plainJpeg(), facts({ make: "HUAWEI", model: "TAS-AL00" })));

    const modelEntryAt = 12 + 8 + 2 + 12;
    expect(written.getUint16(modelEntryAt)).toBe(0x0110);
    expect(written.getUint32(modelEntryAt + 8) % 2).toBe(0);
  });

  it("refuses to write into something that is no JPEG", () => {
    expect(() => writeExif(Uint8Array.from(ascii("PNG")).buffer, ZEZHOU)).toThrow(TypeError);
  });
});

describe.skipIf(!existsSync(`${PHOTOS}/facts.csv`))("real photos (set REAL_PHOTOS to their folder)", () => {
  const rows = existsSync(`${PHOTOS}/facts.csv`) ? readFileSync(`${PHOTOS}/facts.csv`, "utf8").trim().split("\n").slice(1).filter((row) => row.includes(".jpg")) : [];

  it.each(rows)("reads what ExifTool reads: %s", (row) => {
    // A model name with a comma in quotes does not matter here: it comes after the columns that are compared.
    const [name = "", lat = "", lng = "", , taken_at = ""] = row.split(",");
    const file = readFileSync(`${PHOTOS}/${name}`);

    const found = readExif(file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength));

    expect(found?.taken_at ?? "").toBe(taken_at);
    const degrees = found?.gps ? gpsDegrees(found.gps) : null;
    if (lat === "") expect(degrees).toBeNull();
    else expect(degrees).toEqual({ lat: expect.closeTo(Number(lat), 6), lng: expect.closeTo(Number(lng), 6) });
  });
});

import { describe, expect, it } from "vitest";
import { readExif } from "../../src/media/exif.ts";
import { fitWithin, scalePhoto, sha256Hex } from "../../src/media/scale.ts";
import type { Drawing } from "../../src/media/scale.ts";
import { ascii, jpegWith, plainJpeg } from "./jpeg.ts";

const cannotDecode: Drawing = { decode: () => Promise.reject(new DOMException("", "InvalidStateError")) };

function drawing(width: number, height: number): Drawing {
  return {
    decode: () =>
      Promise.resolve({
        width,
        height,
        encode: (edge) => Promise.resolve({ bytes: plainJpeg(), ...fitWithin(width, height, edge) }),
        close: () => undefined,
      }),
  };
}

describe("preparing a photo", () => {
  it("scales a large one down, keeps its EXIF, and says what the original was", async () => {
    const camera = jpegWith({ main: [{ tag: 0x0112, type: 3, values: [6] }], exif: [{ tag: 0x9003, type: 2, values: "2026:11:23 09:15:02" }] });

    const photo = await scalePhoto(new Blob([camera]), drawing(4000, 3000));

    expect([photo.width, photo.height]).toEqual([1600, 1200]);
    expect(readExif(photo.bytes)).toMatchObject({ orientation: 1, taken_at: "2026:11:23 09:15:02" });
    expect(photo.original).toEqual({ sha256: await sha256Hex(camera), size_bytes: camera.byteLength, media_type: "image/jpeg" });
    expect(photo.sha256).toBe(await sha256Hex(photo.bytes));
    expect(photo.taken_ms).toBe(Date.parse("2026-11-23T09:15:02+08:00"));
  });

  it("sends a small upright JPEG as it is", async () => {
    const camera = plainJpeg();

    const photo = await scalePhoto(new Blob([camera]), drawing(800, 600));

    expect(photo.original).toBeNull();
    expect(new Uint8Array(photo.bytes)).toEqual(new Uint8Array(camera));
    expect(photo.thumbnail).not.toBeNull();
  });

  it("turns a small one that lies on its side", async () => {
    const camera = jpegWith({ main: [{ tag: 0x0112, type: 3, values: [8] }] });

    const photo = await scalePhoto(new Blob([camera]), drawing(600, 800));

    expect(readExif(photo.bytes)?.orientation).toBe(1);
    expect(photo.original?.sha256).toBe(await sha256Hex(camera));
  });

  it("keeps a damaged JPEG byte for byte", async () => {
    const bytes = [0xff, 0xd8, 0xff, 0, 1, 2, 3];

    const photo = await scalePhoto(new Blob([Uint8Array.from(bytes)], { type: "text/plain" }), cannotDecode);

    expect([...new Uint8Array(photo.bytes)]).toEqual(bytes);
    expect(photo).toMatchObject({ width: null, height: null, thumbnail: null, original: null, media_type: "image/jpeg" });
  });

  it.each([
    ["an empty file of a camera that failed", [], "empty"],
    ["a PDF named .jpg", ascii("%PDF-1.7 and so on"), "not_a_photo"],
    ["a text file named .jpg", ascii("hello, I am not a picture, sorry about that"), "not_a_photo"],
  ])("does not take %s for a photo", async (_name, bytes, reason) => {
    await expect(scalePhoto(new Blob([Uint8Array.from(bytes)], { type: "image/jpeg" }), cannotDecode)).rejects.toMatchObject({ name: "NotAPhoto", reason });
  });

  it("draws what only the phone can read, and sends it as a JPEG", async () => {
    const gif = Uint8Array.from(ascii("GIF89a and so on"));

    const photo = await scalePhoto(new Blob([gif], { type: "image/gif" }), drawing(800, 600));

    expect(photo).toMatchObject({ media_type: "image/jpeg", original: { size_bytes: gif.length, media_type: "image/gif" } });
  });

  it("shows HEIC where it can be drawn, and sends it as it is, since only the server can keep its EXIF", async () => {
    const heic = Uint8Array.from([0, 0, 0, 24, ...ascii("ftypheic"), 0, 0, 0, 0]);

    const photo = await scalePhoto(new Blob([heic]), drawing(4000, 3000));

    expect(photo).toMatchObject({ media_type: "image/heic", original: null, width: 4000, height: 3000 });
    expect([...new Uint8Array(photo.bytes)]).toEqual([...heic]);
    expect(photo.thumbnail).not.toBeNull();
  });

  it("falls back to the whole file when there is no memory for a canvas", async () => {
    const noMemory: Drawing = { decode: async (file) => ({ ...(await drawing(9000, 9000).decode(file)), encode: () => Promise.reject(new Error("no memory")) }) };

    const photo = await scalePhoto(new Blob([plainJpeg()]), noMemory);

    expect(new Uint8Array(photo.bytes)).toEqual(new Uint8Array(plainJpeg()));
  });

  it.each([
    [4000, 3000, 1600, 1200],
    [3000, 4000, 1200, 1600],
    [1600, 900, 1600, 900],
    [100, 77, 100, 77],
    [20000, 3, 1600, 1],
  ])("fits %i × %i into 1600 as %i × %i", (width, height, fitWidth, fitHeight) => {
    expect(fitWithin(width, height, 1600)).toEqual({ width: fitWidth, height: fitHeight });
  });
});

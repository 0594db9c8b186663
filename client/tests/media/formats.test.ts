import { describe, expect, it } from "vitest";
import vectors from "../../../tests/vectors/media/photo_formats.json";
import { checkPhoto, NotAPhoto, sizeInHeader } from "../../src/media/formats.ts";

interface Case {
  name: string;
  head: string;
  media_type: string | null;
  size?: number[];
  accepted?: boolean;
}

const bytesOf = (hex: string): ArrayBuffer => Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16)).buffer;

describe("what the phone takes for a photo", () => {
  it.each((vectors.cases as Case[]).map((each) => [each.name, each] as const))("%s", (_name, { head, media_type, size, accepted = true }) => {
    const file = bytesOf(head);
    if (media_type === null || !accepted) {
      expect(() => checkPhoto(file)).toThrow(NotAPhoto);
      return;
    }
    const type = checkPhoto(file);
    expect(type).toBe(media_type);
    if (size !== undefined) expect(sizeInHeader(file, type)).toEqual(size);
  });
});

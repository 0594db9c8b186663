import { encodeQR } from "qr";
import { decodeQR } from "qr/decode.js";
import { expect, test } from "vitest";
import { receiptAddress, receiptCodeIn } from "@/ui/receipt-code";

test.each([
  ["7f3c21a904d1", "7F3C-21A9-04D1"],
  ["7F3C-21A9-04D1", "7F3C-21A9-04D1"],
  [" 7f3c 21a9 04d1 ", "7F3C-21A9-04D1"],
  // From a Chinese keyboard.
  ["７Ｆ３Ｃ－２１Ａ９－０４Ｄ１", "7F3C-21A9-04D1"],
  ["https://aq.zezhou.example/office/visits?receipt=7F3C-21A9-04D1", "7F3C-21A9-04D1"],
  ["http://10.0.0.8:8080/office/visits?town=140525101&receipt=7f3c21a904d1#x", "7F3C-21A9-04D1"],
  ["7F3C-21A9", null],
  ["7F3C-21A9-04DX", null],
  ["", null],
  // Twelve hexadecimal digits somewhere in a foreign address are no receipt.
  ["https://example.org/abcdefabcdef", null],
  ["https://example.org/?receipt=nothing", null],
])('"%s" holds the receipt number %s', (text, code) => {
  expect(receiptCodeIn(text)).toBe(code);
});

test("the QR that a phone shows is read back as the desk's address of the receipt", () => {
  const rows = encodeQR(receiptAddress("https://aq.zezhou.example", "7F3C-21A9-04D1"), "raw", { ecc: "medium", border: 4 });

  const read = decodeQR(picture(rows, 6), { timeLimit: 2000 });

  expect(read).toBe("https://aq.zezhou.example/office/visits?receipt=7F3C-21A9-04D1");
});

function picture(rows: boolean[][], scale: number): { width: number; height: number; data: Uint8ClampedArray } {
  const edge = rows.length * scale;
  const data = new Uint8ClampedArray(edge * edge * 4).fill(255);
  for (let y = 0; y < edge; y += 1) {
    for (let x = 0; x < edge; x += 1) {
      if (rows[Math.floor(y / scale)]?.[Math.floor(x / scale)]) data.fill(0, (y * edge + x) * 4, (y * edge + x) * 4 + 3);
    }
  }
  return { width: edge, height: edge, data };
}

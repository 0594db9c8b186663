/** Drawing with createImageBitmap and OffscreenCanvas: works in a worker and, in new browsers, on the page. */
import { fitWithin } from "./scale.ts";
import type { Drawing } from "./scale.ts";

export const offscreenDrawing: Drawing = {
  async decode(file) {
    // "from-image" turns the pixels as the EXIF orientation says.
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    // A thumbnail is drawn from the scaled picture, not from 12 megapixels again.
    let source: CanvasImageSource = bitmap;
    return {
      width: bitmap.width,
      height: bitmap.height,
      close: () => bitmap.close(),
      async encode(longest_edge_px, quality) {
        const { width, height } = fitWithin(bitmap.width, bitmap.height, longest_edge_px);
        const canvas = new OffscreenCanvas(width, height);
        const context = canvas.getContext("2d", { alpha: false });
        if (context === null) throw new Error("no 2d context");
        context.imageSmoothingQuality = "high";
        context.drawImage(source, 0, 0, width, height);
        source = canvas;
        const blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
        return { bytes: await blob.arrayBuffer(), width, height };
      },
    };
  },
};

export function canDrawOffscreen(): boolean {
  return typeof OffscreenCanvas === "function" && typeof createImageBitmap === "function";
}

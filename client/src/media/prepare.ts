/**
 * The page's side of photo preparation: hands files to the worker one after the other (a cheap phone has memory for one
 * decoded 12-megapixel picture, not for five), and draws on the page itself where workers cannot.
 */
import { canDrawOffscreen, offscreenDrawing } from "./offscreen.ts";
import { fitWithin, scalePhoto } from "./scale.ts";
import type { Drawing, PreparedPhoto } from "./scale.ts";

export type { PreparedPhoto } from "./scale.ts";

export class FileTooLarge extends Error {
  override name = "FileTooLarge";
}

/** No phone camera makes such a file; it would only fill the store and be refused by the server. */
export const LARGEST_FILE_BYTES = 40_000_000;

type Answer =
  | { id: number; kind: "prepared"; photo: PreparedPhoto }
  | { id: number; kind: "cannot_draw" }
  | { id: number; kind: "failed"; message: string };

let queue: Promise<unknown> = Promise.resolve();
let worker: Worker | null = null;
let lastRequest = 0;

/** Raises FileTooLarge, or what reading the file raised (a picked file may vanish before it is read). */
export function preparePhoto(file: Blob, options: { keep_as_is?: boolean } = {}): Promise<PreparedPhoto> {
  if (file.size > LARGEST_FILE_BYTES) return Promise.reject(new FileTooLarge(`${file.size} bytes`));
  const turn = queue.then(() => prepareNow(file, options.keep_as_is ?? false));
  queue = turn.catch(() => undefined);
  return turn;
}

/** Starts the worker ahead of the first photo, so that its load time is not part of "shutter to saved". */
export function warmUpPhotoWorker(): void {
  worker ??= startWorker();
}

async function prepareNow(file: Blob, keep_as_is: boolean): Promise<PreparedPhoto> {
  worker ??= startWorker();
  const answer = worker === null ? null : await askWorker(worker, file, keep_as_is);
  if (answer?.kind === "prepared") return answer.photo;
  return scalePhoto(file, canDrawOffscreen() ? offscreenDrawing : pageDrawing, keep_as_is);
}

function startWorker(): Worker | null {
  try {
    return new Worker(new URL("./photo.worker.ts", import.meta.url), { type: "module" });
  } catch {
    return null;
  }
}

/** Null when the worker died (out of memory, or its script could not be loaded); the next photo starts a new one. */
function askWorker(asked: Worker, file: Blob, keep_as_is: boolean): Promise<Answer | null> {
  const id = (lastRequest += 1);
  return new Promise((resolve) => {
    const done = (answer: Answer | null): void => {
      asked.removeEventListener("message", onMessage);
      asked.removeEventListener("error", onError);
      resolve(answer);
    };
    const onMessage = (event: MessageEvent<Answer>): void => {
      if (event.data.id === id) done(event.data);
    };
    const onError = (): void => {
      asked.terminate();
      worker = null;
      done(null);
    };
    asked.addEventListener("message", onMessage);
    asked.addEventListener("error", onError);
    asked.postMessage({ id, file, keep_as_is });
  });
}

/** For browsers without OffscreenCanvas: an image element, which turns itself upright, and a canvas element. */
const pageDrawing: Drawing = {
  async decode(file) {
    const url = URL.createObjectURL(file);
    const image = new Image();
    try {
      image.src = url;
      await image.decode();
    } catch (error) {
      URL.revokeObjectURL(url);
      throw error;
    }
    return {
      width: image.naturalWidth,
      height: image.naturalHeight,
      close: () => URL.revokeObjectURL(url),
      async encode(longest_edge_px, quality) {
        const { width, height } = fitWithin(image.naturalWidth, image.naturalHeight, longest_edge_px);
        const canvas = document.createElement("canvas");
        canvas.width = width;
        canvas.height = height;
        const context = canvas.getContext("2d", { alpha: false });
        if (context === null) throw new Error("no 2d context");
        context.imageSmoothingQuality = "high";
        context.drawImage(image, 0, 0, width, height);
        const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
        // iOS keeps the memory of a canvas until it is made small.
        canvas.width = canvas.height = 0;
        if (blob === null) throw new Error("the canvas could not be encoded");
        return { bytes: await blob.arrayBuffer(), width, height };
      },
    };
  },
};

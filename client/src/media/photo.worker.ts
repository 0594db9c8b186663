/** Prepares photos beside the page, so that no tap waits for a 12-megapixel picture. One message in, one message out. */
import { canDrawOffscreen, offscreenDrawing } from "./offscreen.ts";
import { scalePhoto } from "./scale.ts";

declare const self: DedicatedWorkerGlobalScope;

export interface PhotoRequest {
  id: number;
  file: Blob;
  keep_as_is: boolean;
}

self.addEventListener("message", (event: MessageEvent<PhotoRequest>) => {
  void prepare(event.data);
});

async function prepare({ id, file, keep_as_is }: PhotoRequest): Promise<void> {
  if (!canDrawOffscreen()) {
    self.postMessage({ id, kind: "cannot_draw" });
    return;
  }
  try {
    const photo = await scalePhoto(file, offscreenDrawing, keep_as_is);
    const moved = photo.thumbnail === null ? [photo.bytes] : [photo.bytes, photo.thumbnail];
    self.postMessage({ id, kind: "prepared", photo }, moved);
  } catch (error) {
    self.postMessage({ id, kind: "failed", message: String(error) });
  }
}

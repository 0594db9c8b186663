/** Finds a QR code in a picture or a camera's frame. The decoder is fetched when somebody scans. */

/** Finder patterns of a receipt shown on a phone stay readable at this size, and a large photo decodes in a moment. */
const LONGEST_EDGE_PX = 1400;
/** A photo may take its time; a frame of the camera must not. */
const PHOTO_MS = 2_000;
const FRAME_MS = 40;

/** The text of the QR in a photo; null when there is none. Raises: when the file is no picture. */
export async function readPhoto(file: Blob): Promise<string | null> {
  const picture = await createImageBitmap(file);
  try {
    return await readFrame(picture, picture.width, picture.height, PHOTO_MS);
  } finally {
    picture.close();
  }
}

/** Calls `found` with each code the camera sees until it says that this was the one. Answers how to end it. */
export async function watchCamera(video: HTMLVideoElement, found: (text: string) => boolean): Promise<() => void> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false });
  let isEnded = false;
  const end = (): void => {
    isEnded = true;
    for (const track of stream.getTracks()) track.stop();
  };
  video.srcObject = stream;
  await video.play();
  const look = async (): Promise<void> => {
    if (isEnded) return;
    const text = video.videoWidth > 0 ? await readFrame(video, video.videoWidth, video.videoHeight, FRAME_MS) : null;
    if (text !== null && !isEnded && found(text)) return end();
    window.setTimeout(() => void look(), 120);
  };
  void look();
  return end;
}

async function readFrame(source: CanvasImageSource, width: number, height: number, timeLimit: number): Promise<string | null> {
  const { decodeQR } = await import('qr/decode.js');
  const scale = Math.min(1, LONGEST_EDGE_PX / Math.max(width, height));
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return null;
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  try {
    return decodeQR(context.getImageData(0, 0, canvas.width, canvas.height), { timeLimit });
  } catch {
    // The decoder raises when there is no code to be found.
    return null;
  }
}

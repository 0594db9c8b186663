/** The phone's camera within the page: opening it, and a picture of what it shows in its full size. */

/** As large as photos are kept, with room for the phone's own choice. */
const WANTED: MediaStreamConstraints = { audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1440 } } };
const QUALITY = 0.92;

/** Null where there is no camera, no permission, or another app holds it. */
export async function openCamera(devices: Pick<MediaDevices, "getUserMedia"> | undefined): Promise<MediaStream | null> {
  if (devices?.getUserMedia === undefined) return null;
  try {
    return await devices.getUserMedia(WANTED);
  } catch {
    return null;
  }
}

export async function shoot(video: HTMLVideoElement, now: number): Promise<File | null> {
  const { videoWidth: width, videoHeight: height } = video;
  if (width === 0 || height === 0) return null;
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  canvas.getContext("2d")?.drawImage(video, 0, 0, width, height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  return blob === null ? null : new File([blob], `${now}.jpg`, { type: "image/jpeg", lastModified: now });
}

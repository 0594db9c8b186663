/** Why a photo was not kept, as words of the screens (`photo.failures`), or in the browser's own where there are none. */
import type { NotAPhoto } from "../../media/formats.ts";

export type PhotoFailure = { reason: "full" | "too_large" | "enough" | NotAPhoto["reason"] } | { reason: "other"; said: string };

/** By name: the classes live in other downloads. */
export function photoFailureOf(error: unknown): PhotoFailure {
  const { name, message, reason } = error instanceof Error ? (error as Error & Partial<NotAPhoto>) : { name: "", message: String(error), reason: undefined };
  if (name === "StorageFull") return { reason: "full" };
  if (name === "FileTooLarge") return { reason: "too_large" };
  if (name === "EnoughPhotos") return { reason: "enough" };
  return name === "NotAPhoto" && reason !== undefined ? { reason } : { reason: "other", said: message };
}

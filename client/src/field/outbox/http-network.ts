/** The outbox's network over HTTP: fetch for records and changes, tus-js-client for photo bytes. */
import type { DetailedError, Upload as TusUpload } from "tus-js-client";
import { callApi, callBytes, PLAIN_HEADERS, readProblem } from "../../api/http.ts";
import type { ChangesReply, PushReply, SessionReply, VisitArrival } from "../../api/wire.ts";
import { parseRetryAfter } from "../../sync/retry.ts";
import type { DraftDocument } from "../local/rows.ts";
import { adaptChunk, FIRST_CHUNK_BYTES } from "./chunks.ts";
import type { DraftSaved } from "./drafts.ts";
import type { Network, PhotoToSend, Reply, Uploaded, UploadHooks } from "./network.ts";

const UPLOADS = "/api/evidence/uploads";
const PUSH_TIMEOUT_MS = 90_000;
const CHANGES_PER_PAGE = 200;
/** An upload of which no byte moved for so long is dead, whatever the browser thinks. */
const STALLED_MS = 60_000;

/** Every request ends when `signal` is aborted: somebody signed out, or another tab took over. */
export function httpNetwork(signal: AbortSignal): Network {
  return {
    session: () => callApi<SessionReply>("/api/accounts/session", { signal }),

    pushRecords: (records, device) =>
      callApi<PushReply>("/api/sync/records", { method: "POST", body: { ...device, records }, timeout_ms: PUSH_TIMEOUT_MS, signal }),

    changes: (cursor) =>
      callApi<ChangesReply>(`/api/sync/changes?limit=${CHANGES_PER_PAGE}&cursor=${encodeURIComponent(cursor ?? "")}`, { timeout_ms: PUSH_TIMEOUT_MS, signal }),

    checklist: (hash) => callApi<unknown>(`/api/forms/checklists/${hash}`, { timeout_ms: PUSH_TIMEOUT_MS, signal }),

    picture: (photo_id, size) => callBytes(`/api/evidence/photos/${photo_id}/${size}`, { timeout_ms: PUSH_TIMEOUT_MS, signal }),

    visit: (visit_id) => callApi<VisitArrival>(`/api/visits/${visit_id}`, { signal }),

    draft: (visit_id) => callApi<DraftDocument>(draftPath(visit_id), { timeout_ms: PUSH_TIMEOUT_MS, signal }),

    saveDraft: (visit_id, draft) => callApi<DraftSaved>(draftPath(visit_id), { method: "PUT", body: draft, timeout_ms: PUSH_TIMEOUT_MS, signal }),

    discardDraft: (visit_id, based_on) => callApi<null>(`${draftPath(visit_id)}?based_on=${based_on}`, { method: "DELETE", signal }),

    async uploadPhoto(photo, hooks) {
      // Loaded with the first photo; the service worker has it in its store.
      const { Upload } = await import("tus-js-client");
      return upload(Upload, photo, hooks);
    },
  };
}

function draftPath(visit_id: string): string {
  return `/api/visits/drafts/${visit_id}`;
}

function upload(Upload: typeof TusUpload, photo: PhotoToSend, hooks: UploadHooks): Promise<Reply<Uploaded>> {
  return new Promise((resolve) => {
    let chunkStartedMs = performance.now();
    let stalled: ReturnType<typeof setTimeout>;
    const finish = (reply: Reply<Uploaded>): void => {
      clearTimeout(stalled);
      hooks.signal.removeEventListener("abort", onAbort);
      resolve(reply);
    };
    const giveUp = (): void => {
      void running.abort();
      finish({ kind: "unreachable" });
    };
    const onAbort = giveUp;
    const stillMoving = (): void => {
      clearTimeout(stalled);
      stalled = setTimeout(giveUp, STALLED_MS);
    };
    const running = new Upload(new Blob([photo.bytes], { type: photo.media_type }), {
      // With an upload URL there is no endpoint: the library would answer any failed HEAD by starting over from byte 0.
      ...(photo.url === null ? { endpoint: UPLOADS, uploadDataDuringCreation: true } : { uploadUrl: photo.url }),
      metadata: {
        photo_id: photo.id,
        sha256: photo.sha256,
        media_type: photo.media_type,
        subject_id: photo.subject_id,
        ...(photo.visit_id === null ? {} : { visit_id: photo.visit_id }),
      },
      headers: { ...PLAIN_HEADERS },
      chunkSize: FIRST_CHUNK_BYTES,
      // When to try again is the engine's decision, for photos and records alike.
      retryDelays: null,
      storeFingerprintForResuming: false,
      onUploadUrlAvailable: () => {
        if (running.url !== null) hooks.onUrl(new URL(running.url, location.href).pathname);
      },
      onProgress: stillMoving,
      onChunkComplete: (chunk_bytes, accepted_bytes) => {
        const now = performance.now();
        running.options.chunkSize = adaptChunk(running.options.chunkSize ?? FIRST_CHUNK_BYTES, chunk_bytes, now - chunkStartedMs);
        chunkStartedMs = now;
        hooks.onAccepted(accepted_bytes);
      },
      onSuccess: ({ lastResponse }) => finish({ kind: "ok", value: { receipt: lastResponse.getHeader("Upload-Receipt") ?? null } }),
      onError: (error) => finish(replyOf(error)),
    });
    hooks.signal.addEventListener("abort", onAbort);
    stillMoving();
    running.start();
  });
}

function replyOf(error: Error): Reply<never> {
  const response = "originalResponse" in error ? (error as DetailedError).originalResponse : null;
  const status = response?.getStatus() ?? 0;
  if (response === null || status === 0) return { kind: "unreachable" };
  return {
    kind: "refused",
    status,
    problem: readProblem(response.getBody(), status),
    retry_after_s: parseRetryAfter(response.getHeader("Retry-After") ?? null, Date.now()),
  };
}

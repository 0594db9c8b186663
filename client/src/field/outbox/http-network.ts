/** The outbox's network over HTTP: fetch for records and changes, tus-js-client for photo bytes. */
import type { DetailedError, HttpResponse, HttpStack, Upload as TusUpload } from "tus-js-client";
import { askFor, askForJpeg, callApi, headersFor, readProblem } from "../../api/http.ts";
import type { Fetch, RequestOptions } from "../../api/http.ts";
import type { PushReply, Uuid } from "../../api/wire.ts";
import { parseRetryAfter } from "../../sync/retry.ts";
import { adaptChunk, FIRST_CHUNK_BYTES } from "./chunks.ts";
import { askForDraft, draftPath } from "./draft-request.ts";
import type { Network, PhotoToSend, Reply, Uploaded, UploadHooks } from "./network.ts";

const UPLOADS = "/api/evidence/uploads";
const PUSH_TIMEOUT_MS = 90_000;
const CHANGES_PER_PAGE = 200;
/** An upload of which no byte moved for so long is dead, whatever the browser thinks. */
const STALLED_MS = 60_000;

/** How requests leave this page; tests put another carrier in the place of the browser's. */
export interface Carrier {
  fetch?: Fetch;
  tus?: HttpStack;
  address?: string;
}

/** Every request names the person it is made for, and ends when `signal` is aborted: somebody signed out, or another tab took over. */
export function httpNetwork(user_id: Uuid, signal: AbortSignal, carrier: Carrier = {}): Network {
  const from = (options: RequestOptions = {}): RequestOptions => ({ ...options, user_id, signal });
  const patiently = (options: RequestOptions = {}): RequestOptions => from({ ...options, timeout_ms: PUSH_TIMEOUT_MS });
  return {
    pushRecords: (records, device) =>
      // The contract says that each result has an id; the server leaves it out only for what it could not read at all.
      askFor("/api/sync/records", "PushResult", patiently({ method: "POST", body: { ...device, records } }), carrier.fetch) as Promise<Reply<PushReply>>,

    changes: (cursor) => askFor(`/api/sync/changes?limit=${CHANGES_PER_PAGE}&cursor=${encodeURIComponent(cursor ?? "")}`, "Pull", patiently(), carrier.fetch),

    // Checked by its hash, which the feed has named.
    checklist: (hash) => callApi<unknown>(`/api/forms/checklists/${hash}`, patiently(), carrier.fetch),

    picture: (photo_id, size) => askForJpeg(`/api/evidence/photos/${photo_id}/${size}`, patiently(), carrier.fetch),

    visit: (visit_id) => askFor(`/api/visits/${visit_id}`, "VisitDetail", from(), carrier.fetch),

    draft: (visit_id) => askForDraft(visit_id, patiently(), carrier.fetch),

    saveDraft: (visit_id, draft) => askFor(draftPath(visit_id), "DraftSaved", patiently({ method: "PUT", body: draft }), carrier.fetch),

    discardDraft: (visit_id, based_on) => callApi<null>(`${draftPath(visit_id)}?based_on=${based_on}`, from({ method: "DELETE" }), carrier.fetch),

    async uploadPhoto(photo, hooks) {
      // Loaded with the first photo; the service worker has it in its store.
      const library = await import("tus-js-client").catch(() => null);
      return library === null ? { kind: "unreachable" } : upload(library.Upload, photo, user_id, hooks, carrier);
    },
  };
}

function upload(Upload: typeof TusUpload, photo: PhotoToSend, user_id: Uuid, hooks: UploadHooks, carrier: Carrier): Promise<Reply<Uploaded>> {
  const address = carrier.address ?? location.href;
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
      ...(photo.url === null ? { endpoint: new URL(UPLOADS, address).href, uploadDataDuringCreation: true } : { uploadUrl: new URL(photo.url, address).href }),
      ...(carrier.tus === undefined ? {} : { httpStack: carrier.tus }),
      metadata: {
        photo_id: photo.id,
        sha256: photo.sha256,
        media_type: photo.media_type,
        subject_id: photo.subject_id,
        ...(photo.visit_id === null ? {} : { visit_id: photo.visit_id }),
      },
      headers: headersFor(user_id),
      chunkSize: FIRST_CHUNK_BYTES,
      // When to try again is the engine's decision, for photos and records alike.
      retryDelays: null,
      storeFingerprintForResuming: false,
      onUploadUrlAvailable: () => {
        if (running.url !== null) hooks.onUrl(new URL(running.url, address).pathname);
      },
      onAfterResponse: (_request, response) => checkSpeaker(response),
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

/** Whoever answers without naming the protocol is a gateway, or a page that a redirect led to. Raises NotOurServer. */
function checkSpeaker(response: HttpResponse): void {
  if (response.getHeader("Tus-Resumable") !== "1.0.0") throw new NotOurServer();
}

class NotOurServer extends Error {
  override name = "NotOurServer";
}

/** The answer to a HEAD has no body, so the library's word for it must do; every other refusal brings its problem document. */
function replyOf(error: Error): Reply<never> {
  const { originalRequest, originalResponse: response } = error as Partial<DetailedError>;
  const status = response?.getStatus() ?? 0;
  if (!response || status < 400) return { kind: "unreachable" };
  const problem =
    originalRequest?.getMethod() === "HEAD"
      ? { type: "about:blank", title: `HTTP ${status}`, status }
      : readProblem(response.getBody(), status, response.getHeader("Content-Type") ?? null);
  if (problem === null) return { kind: "unreachable" };
  return { kind: "refused", status, problem, retry_after_s: parseRetryAfter(response.getHeader("Retry-After") ?? null, Date.now()) };
}

/** What the outbox needs from the network. The real one is http-network.ts; tests use a fake that implements the same. */
import type { Reply } from "../../api/http.ts";
import type { Completeness, DraftSaved, Pull, PushReply, Timestamp, Uuid } from "../../api/wire.ts";
import type { DraftDocument, DraftToSave, PictureRow } from "../local/rows.ts";
import type { Envelope } from "../../sync/records.ts";

export type { Reply } from "../../api/http.ts";

export interface PhotoToSend {
  id: Uuid;
  sha256: string;
  size_bytes: number;
  media_type: string;
  visit_id: Uuid | null;
  subject_id: Uuid;
  bytes: ArrayBuffer;
  /** Where an interrupted upload goes on; null begins anew. */
  url: string | null;
}

export interface UploadHooks {
  /** Each is awaited by nobody: losing one costs at most a chunk sent twice. */
  onUrl: (url: string) => void;
  onAccepted: (offset_bytes: number) => void;
  signal: AbortSignal;
}

/** `receipt` is what the server said; whether it is the right one is checked by the engine. */
export interface Uploaded {
  receipt: string | null;
}

export interface Network {
  pushRecords(records: Envelope<object>[], device: { device_id: Uuid; device_time: Timestamp }): Promise<Reply<PushReply>>;
  changes(cursor: string | null): Promise<Reply<Pull>>;
  checklist(hash: string): Promise<Reply<unknown>>;
  picture(photo_id: Uuid, size: PictureRow["size"]): Promise<Reply<ArrayBuffer>>;
  visit(visit_id: Uuid): Promise<Reply<Completeness>>;
  draft(visit_id: Uuid): Promise<Reply<DraftDocument>>;
  saveDraft(visit_id: Uuid, draft: DraftToSave): Promise<Reply<DraftSaved>>;
  /** Only the copy that this phone knows: what another device went on with stays. */
  discardDraft(visit_id: Uuid, based_on: number): Promise<Reply<null>>;
  uploadPhoto(photo: PhotoToSend, hooks: UploadHooks): Promise<Reply<Uploaded>>;
}

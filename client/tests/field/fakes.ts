/** A vault on a fake IndexedDB, and a server in memory that can be told to fail. Valid by default; tests name what matters. */
import type { Pull, Receipt, RecordResult, Subject, User, Uuid, VisitBody } from "../../src/api/wire.ts";
import type { PreparedPhoto } from "../../src/media/prepare.ts";
import { sha256Hex } from "../../src/media/scale.ts";
import type { DraftDocument, DraftToSave, HazardRow } from "../../src/field/local/rows.ts";
import type { HazardDraft } from "../../src/field/local/hazards.ts";
import { openVault } from "../../src/field/local/vault.ts";
import type { Clocks, Vault } from "../../src/field/local/vault.ts";
import type { Network, PhotoToSend, Reply, Uploaded } from "../../src/field/outbox/network.ts";
import type { Envelope } from "../../src/sync/records.ts";
import { receiptCode } from "../../src/sync/receipts.ts";

export const SUBJECT_ID = "5b1e0000-0000-4000-8000-000000000001";
export const PAIRING_ID = "5b1e0000-0000-4000-8000-0000000000aa";
export const HAZARD_ID = "11110000-0000-4000-8000-000000000001";
export const MORNING_MS = Date.parse("2026-11-23T09:15:02+08:00");

let vaults = 0;

export class FakeClocks implements Clocks {
  page_id = "page-1";
  private ms = MORNING_MS;
  now = (): number => this.ms;
  monotonic = (): number => this.ms - MORNING_MS;
  pass(ms: number): void {
    this.ms += ms;
  }
}

const A_PAIRING = { id: PAIRING_ID, subject_id: SUBJECT_ID, valid_from: "2026-01-01", layer: "town", org_name: "巴公镇", officer_name: "王芳", members: [], mine: true, frequencies: [] };

export async function aVault(options: { user_id?: Uuid; clocks?: Clocks } = {}): Promise<Vault> {
  vaults += 1;
  const user_id = options.user_id ?? `00000000-0000-4000-8000-${String(vaults).padStart(12, "0")}`;
  let ids = 0;
  const newId = (): Uuid => `${String(vaults).padStart(8, "0")}-0000-4000-8000-${String((ids += 1)).padStart(12, "0")}`;
  const vault = await openVault(user_id, { clocks: options.clocks ?? new FakeClocks(), newId });
  await vault.db.subjects.put(aSubject());
  return vault;
}

export function aSubject(changes: Partial<Subject> = {}): Subject {
  return {
    id: SUBJECT_ID,
    name: "巴公镇东板桥煤矿",
    short_name: "",
    kind: "enterprise",
    group: "enterprise_institution",
    sectors: ["coal_mine"],
    town_code: "140525104",
    town_name: "巴公镇",
    village_code: null,
    village_name: "",
    address: "",
    position: null,
    representative: { name: "李建国", title: "矿长", phone: "" },
    profile: { mining_method: "underground" },
    initials: "bgzdbqmk",
    industry_department: null,
    pairings: [A_PAIRING],
    last_visit_on: null,
    visits_until: null,
    duties: [],
    open_hazards: 0,
    risk_color: null,
    ...changes,
  };
}

export function aUser(id: Uuid): User {
  return { id, username: "wangfang", name: "王芳", title: "", county_code: "140525", roles: [], locale: "", actions: [] };
}

export function aHazard(changes: Partial<HazardDraft> & Pick<HazardDraft, "id">): HazardDraft {
  return {
    submission_id: null,
    item_path: null,
    checklist_id: null,
    description: "回风巷甲烷超限",
    spot: "回风巷",
    kind_of_hazard: "unsafe_state",
    grade: "general",
    grade_suggested: null,
    determinations: [],
    basis: [],
    deadline: "2026-11-26",
    deadline_rule: null,
    owner: null,
    no_photo_reason: null,
    fixed_on_spot: false,
    source: "pairing_visit",
    ...changes,
  };
}

export function aKnownHazard(changes: Partial<HazardRow> = {}): HazardRow {
  return {
    id: HAZARD_ID,
    subject_id: SUBJECT_ID,
    number: "YH-1",
    state: "submitted",
    grade: "general",
    description: "灭火器过期",
    spot: "库房",
    kind_of_hazard: "unsafe_state",
    basis: [],
    determinations: [],
    deadline: "2026-11-20",
    original_deadline: "2026-11-20",
    submitted_at: null,
    reported_by: null,
    closed_at: null,
    return_reason: null,
    item_path: null,
    submission_id: null,
    checklist_id: null,
    immediate_measure: null,
    found_at: "2026-11-01T09:00:00+08:00",
    owner: null,
    responsible_unit: null,
    returned_count: 0,
    fixed_on_spot: false,
    photos: [],
    ...changes,
  };
}

export const A_CHECKLIST = { id: "coal_mine", version: "2026.1", hash: "c".repeat(64) };

/** As the canvas of the signature gives it: the beginning of a PNG is all that is looked at. */
export const A_DRAWING = new Blob([Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])], { type: "image/png" });

export async function preparedFrom(content: string): Promise<PreparedPhoto> {
  const bytes = new TextEncoder().encode(content).buffer;
  return {
    bytes,
    sha256: await sha256Hex(bytes),
    media_type: "image/jpeg",
    width: 1600,
    height: 1200,
    thumbnail: new ArrayBuffer(8),
    original: null,
    taken_ms: null,
  };
}

export const prepareByContent = async (file: Blob): Promise<PreparedPhoto> => preparedFrom(await file.text());

export function reply500(): Reply<never> {
  return refusal(500, "internal");
}

export function refusal(status: number, name = "invalid"): Extract<Reply<never>, { kind: "refused" }> {
  return { kind: "refused", status, problem: { type: `/problems/${name}`, title: "Not today", status }, retry_after_s: null };
}

type FaultName = "push" | "changes" | "visit" | "upload" | "draft" | "saveDraft" | "discardDraft";

/** Keeps what it is sent, like the real server: once, by id, with the right hash. */
export class FakeServer implements Network {
  records = new Map<Uuid, Envelope<object>>();
  photos = new Map<Uuid, { sha256: string; size_bytes: number }>();
  pages: Pull[] = [];
  checklists = new Map<string, unknown>();
  pictures = new Map<string, ArrayBuffer>();
  drafts = new Map<Uuid, DraftDocument>();
  /** Sizes of uploads that were begun and not finished, by photo. */
  announced = new Map<Uuid, number>();
  calls: string[] = [];
  /** Each is asked before the request of that name is answered; an answer replaces the real one. */
  faults: Partial<Record<FaultName, (...args: never[]) => Reply<never> | null | Promise<Reply<never> | null>>> = {};
  /** Results to give for single records instead of accepting them. */
  refused = new Map<Uuid, "refused" | "conflict" | "quarantined">();

  async pushRecords(records: Envelope<object>[]): ReturnType<Network["pushRecords"]> {
    const fault = await this.fault("push", records);
    if (fault) return fault;
    const results = await Promise.all(records.map((record) => this.take(record)));
    const closing = records.filter((record) => record.kind === "visit");
    const visits = await Promise.all(closing.map((record) => this.arrival(record.id)));
    return { kind: "ok", value: { server_time: "2026-11-23T09:15:12+08:00", results, visits } };
  }

  async changes(cursor: string | null): ReturnType<Network["changes"]> {
    const fault = await this.fault("changes");
    if (fault) return fault;
    // A page comes again until the phone asks for what follows it.
    const known = this.pages.findIndex((page) => page.cursor === cursor);
    const page = this.pages[known + 1] ?? { cursor: cursor ?? "start", more: false, server_time: "2026-11-23T09:15:12+08:00", changes: [] };
    return { kind: "ok", value: page };
  }

  checklist(hash: string): ReturnType<Network["checklist"]> {
    this.calls.push("checklist");
    return Promise.resolve({ kind: "ok", value: this.checklists.get(hash) });
  }

  picture(photo_id: Uuid, size: "thumbnail" | "display"): ReturnType<Network["picture"]> {
    this.calls.push(`${size} ${photo_id}`);
    const bytes = this.pictures.get(`${photo_id}/${size}`);
    return Promise.resolve(bytes === undefined ? refusal(404, "not-found") : { kind: "ok", value: bytes });
  }

  async visit(visit_id: Uuid): ReturnType<Network["visit"]> {
    return (await this.fault("visit")) ?? { kind: "ok", value: await this.arrival(visit_id) };
  }

  /** The same as it goes over the wire, where more stands in it. */
  async visitDetail(visit_id: Uuid): Promise<Reply<object>> {
    const reply = await this.visit(visit_id);
    if (reply.kind !== "ok") return reply;
    const at = "2026-11-23T09:15:12+08:00";
    const more = { subject_id: SUBJECT_ID, started_at: at, finished_at: at, received_at: at, position: null, representative: {}, signature: { kind: "absent", reason: "外出" } };
    return { kind: "ok", value: { ...reply.value, ...more, photos_expected: 0, records_expected: 0, officer_name: null, submissions: [] } };
  }

  async draft(visit_id: Uuid): ReturnType<Network["draft"]> {
    const draft = this.drafts.get(visit_id);
    return (await this.fault("draft")) ?? (draft === undefined ? refusal(404, "not-found") : { kind: "ok", value: draft });
  }

  async saveDraft(visit_id: Uuid, draft: DraftToSave): ReturnType<Network["saveDraft"]> {
    const fault = await this.fault("saveDraft");
    if (fault) return fault;
    if (this.records.has(visit_id)) return refusal(410, "gone");
    const known = this.drafts.get(visit_id);
    if (known !== undefined && known.device_id !== draft.device_id && known.revision !== draft.based_on) return refusal(412, "precondition-failed");
    const revision = (known?.revision ?? 0) + 1;
    const photos = Object.fromEntries(draft.content.photos.flatMap(({ id }) => {
      const photo = this.photos.get(id);
      return photo === undefined ? [] : [[id, photo.sha256]];
    }));
    // As over the wire: nothing of the phone's own rows is shared.
    const content = JSON.parse(JSON.stringify(draft.content)) as DraftDocument["content"];
    const { subject_id, device_id, saved_at } = draft;
    const author = { author_name: "王芳", mine: true, subject_name: content.visit.subject_name };
    this.drafts.set(visit_id, { visit_id, subject_id, device_id, saved_at, received_at: saved_at, revision, finished: false, ...author, content, photos });
    return { kind: "ok", value: { revision, photos } };
  }

  async discardDraft(visit_id: Uuid, based_on: number): ReturnType<Network["discardDraft"]> {
    const fault = await this.fault("discardDraft");
    if (fault) return fault;
    if (this.drafts.get(visit_id)?.revision === based_on) this.drafts.delete(visit_id);
    return { kind: "ok", value: null };
  }

  async uploadPhoto(photo: PhotoToSend, hooks: Parameters<Network["uploadPhoto"]>[1]): Promise<Reply<Uploaded>> {
    hooks.onUrl(`/api/evidence/uploads/${photo.id}`);
    const fault = await this.fault("upload", photo, hooks);
    if (fault) return fault;
    if ((await sha256Hex(photo.bytes)) !== photo.sha256) return refusal(460, "checksum-mismatch");
    this.photos.set(photo.id, { sha256: photo.sha256, size_bytes: photo.size_bytes });
    return { kind: "ok", value: { receipt: await receiptCode("photo", photo.id, photo.sha256) } };
  }

  private async take(record: Envelope<object>): Promise<RecordResult> {
    const told = this.refused.get(record.id);
    if (told === "refused" || told === "conflict") {
      return { id: record.id, status: told, receipt: null, problem: { type: "/problems/invalid", title: "这个主体不在您的包联范围内。", status: 422, detail: "" } };
    }
    const known = this.records.has(record.id);
    this.records.set(record.id, record);
    const receipt = await this.receipt("record", record.id, record.content_hash);
    return { id: record.id, status: told ?? (known ? "already_accepted" : "accepted"), receipt, problem: null };
  }

  private async arrival(visit_id: Uuid): Promise<{ id: Uuid; complete: boolean; missing: { records: Uuid[]; photos: Uuid[]; different_photos: Uuid[] }; receipt: Receipt | null }> {
    const closing = this.records.get(visit_id);
    if (closing === undefined) return { id: visit_id, complete: false, missing: { records: [visit_id], photos: [], different_photos: [] }, receipt: null };
    const { expected } = closing.body as VisitBody;
    const missing = {
      records: expected.records.filter((id) => !this.records.has(id)),
      photos: expected.photos.map((photo) => photo.id).filter((id) => !this.photos.has(id)),
      different_photos: [],
    };
    const complete = missing.records.length + missing.photos.length === 0;
    return { id: visit_id, complete, missing, receipt: complete ? await this.receipt("visit", visit_id, closing.content_hash) : null };
  }

  private async receipt(kind: Receipt["kind"], id: Uuid, sha256: string): Promise<Receipt> {
    return { code: await receiptCode(kind, id, sha256), kind, id, sha256, received_at: "2026-11-23T09:16:00+08:00" };
  }

  private async fault(name: FaultName, ...args: unknown[]): Promise<Reply<never> | null> {
    this.calls.push(name);
    return (await this.faults[name]?.(...(args as never[]))) ?? null;
  }
}

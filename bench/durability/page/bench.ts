/**
 * `window.bench`: a visit told as a list of steps, carried out by the app's own offline core in the app's own vault. It runs
 * beside the app in the same page; the app does the sending. Every step that the core calls saved is told to the driver
 * before the next one begins, and steps that are found done (the tab was killed after the write) are told as well.
 */
import { createSession } from "../../../client/src/api/accounts.ts";
import type { Answer, Uuid } from "../../../client/src/api/wire.ts";
import { openDevice, readSignedIn, writeSignedIn } from "../../../client/src/field/local/device.ts";
import * as local from "../../../client/src/field/local/index.ts";
import type { PhotoRow, Vault } from "../../../client/src/field/local/index.ts";
import { sha256Hex } from "./hash.ts";

type Step =
  | { kind: "answer"; path: string; answer: Answer }
  | { kind: "repeat"; section: string; key: string }
  | { kind: "hazard"; path: string; text: string }
  | { kind: "photo"; path: string; of_hazard: boolean; nth: number; seed: number; late_position: boolean }
  | { kind: "details"; summary: string }
  | { kind: "signature"; seed: number };

interface Plan {
  number: number;
  subject_nth: number;
  checklist_id: string;
  steps: Step[];
}

interface Told {
  what: string;
  [fact: string]: unknown;
}

declare global {
  interface Window {
    /** Answers with a new offset of the clock when the driver wants it to jump now. */
    tellDriver(told: Told): Promise<number | null>;
    setBenchClock(offset_ms: number): void;
    bench: typeof bench;
  }
}

const device = openDevice();
let opened: Promise<Vault> | null = null;

async function signedInVault(): Promise<Vault> {
  const signed_in = await readSignedIn(device);
  if (signed_in === null) throw new Error("nobody is signed in");
  if (opened !== null && (await opened).user_id !== signed_in.user.id) opened = null;
  opened ??= local.openVault(signed_in.user.id);
  return opened;
}

async function tell(told: Told): Promise<void> {
  const offset_ms = await window.tellDriver(told);
  if (offset_ms !== null) window.setBenchClock(offset_ms);
}

async function visit(plan: Plan): Promise<"finished" | "closed_by_other_tab"> {
  const vault = await signedInVault();
  const subjects = (await local.allSubjects(vault)).sort((a, b) => (a.id < b.id ? -1 : 1));
  const subject = subjects[plan.subject_nth % subjects.length];
  if (subject === undefined) throw new Error("no subject on the phone");
  const checklist = (await vault.db.checklists.where({ id: plan.checklist_id }).toArray()).find((row) => row.document !== null);
  if (checklist === undefined) throw new Error("the checklist is not on the phone");
  const begun = await continuedOrNew(vault, plan.number, subject.id);
  if (begun === "finished") return "finished";
  const submission = await local.startSubmission(vault, begun.id, checklist);
  // What the screen does before a visit is finished: facts about the subject that this checklist does not ask for go.
  for (const key of Object.keys(submission.profile)) await local.saveProfileValue(vault, submission.id, key, null);
  await tell({ what: "visit", plan: plan.number, visit_id: begun.id, submission_id: submission.id });
  for (const [nth, step] of plan.steps.entries()) {
    await tell({ what: "step", plan: plan.number, nth });
    try {
      await take(vault, begun.id, submission.id, step);
    } catch (error) {
      if (error instanceof local.VisitNotOpen) return "closed_by_other_tab";
      throw error;
    }
  }
  await tell({ what: "step", plan: plan.number, nth: plan.steps.length });
  return finish(vault, plan.number, begun.id);
}

/** The plan's number stands in the summary, so that a reopened phone knows which visit it was about. */
async function continuedOrNew(vault: Vault, plan: number, subject_id: Uuid): Promise<local.VisitRow | "finished"> {
  const known = (await vault.db.visits.toArray()).find((row) => row.companions.includes(nameOf(plan)));
  if (known?.state === "finished") {
    await tellFinished(vault, plan, known.id);
    return "finished";
  }
  if (known !== undefined) return known;
  const row = await local.startVisit(vault, subject_id, position());
  return local.saveVisitDetails(vault, row.id, { companions: [nameOf(plan)] });
}

async function take(vault: Vault, visit_id: Uuid, submission_id: Uuid, step: Step): Promise<void> {
  const submission = await local.findSubmission(vault, submission_id);
  if (submission === undefined) throw new Error(`submission ${submission_id} is gone`);
  switch (step.kind) {
    case "answer": {
      const path = pathByIds(submission, step.path);
      const before = local.answerAt(submission, path);
      if (!includes(before, step.answer)) await local.saveAnswer(vault, submission_id, path, { ...before, ...step.answer });
      return tell({ what: "answer", visit_id, submission_id, path, answer: step.answer });
    }
    case "repeat":
      if (!(submission.repeats[step.section] ?? []).some((instance) => instance.key === step.key)) {
        await local.addRepeat(vault, submission_id, step.section, step.key);
      }
      return tell({ what: "repeat", visit_id, submission_id, section: step.section, key: step.key });
    case "hazard":
      return takeHazard(vault, visit_id, submission_id, step);
    case "photo":
      return takePhoto(vault, visit_id, submission_id, step);
    case "details":
      await local.saveVisitDetails(vault, visit_id, { summary: step.summary, representative: { name: "赵矿长", title: "矿长" } });
      return tell({ what: "details", visit_id, summary: step.summary });
    case "signature":
      return sign(vault, visit_id, step.seed);
  }
}

/** A plan counts the instances of a section; the phone names each by an id of its own. */
function pathByIds(submission: local.SubmissionRow, path: string): string {
  return path.replace(/^(\w+)\[(\d+)\]/, (_, section: string, nth: string) => `${section}[${submission.repeats[section]?.[Number(nth)]?.id ?? nth}]`);
}

async function takeHazard(vault: Vault, visit_id: Uuid, submission_id: Uuid, step: Extract<Step, { kind: "hazard" }>): Promise<void> {
  const drafts = await local.hazardDraftsOf(vault, visit_id);
  const known = drafts.find((draft) => draft.description === step.text);
  const id = known?.id ?? (await local.nextHazardId(vault, submission_id, step.path));
  if (known === undefined) {
    await local.saveHazard(vault, visit_id, {
      id,
      submission_id,
      item_path: step.path,
      checklist_id: "durability",
      description: step.text,
      spot: "东侧",
      kind_of_hazard: "unsafe_state",
      grade: "general",
      grade_suggested: null,
      determinations: [],
      basis: [{ standard: "work-safety-law-2021", clause: "第41条" }],
      deadline: "2027-01-31",
      deadline_rule: { days: 3, day_kind: "calendar" },
      owner: { name: "赵矿长", title: "矿长" },
      no_photo_reason: null,
      fixed_on_spot: false,
      source: "pairing_visit",
    });
  }
  await tell({ what: "hazard", visit_id, hazard_id: id, text: step.text });
}

async function takePhoto(vault: Vault, visit_id: Uuid, submission_id: Uuid, step: Extract<Step, { kind: "photo" }>): Promise<void> {
  const hazard = step.of_hazard ? (await local.hazardDraftsOf(vault, visit_id)).find((draft) => draft.item_path === step.path) : undefined;
  const hazard_id = hazard?.id ?? null;
  const isSame = (row: PhotoRow): boolean => row.item_path === step.path && row.hazard_id === hazard_id;
  let row = (await local.photosOf(vault, { visit_id })).filter(isSame)[step.nth];
  if (row === undefined) {
    const file = await picture(step.seed, 900, 675, "image/jpeg");
    const here = { kind: "located", position: position() } as const;
    const later = new Promise<typeof here>((resolve) => setTimeout(() => resolve(here), 150));
    const target = { role: hazard_id === null ? "item" : step.nth === 0 ? "overview" : "close_up", submission_id, item_path: step.path, hazard_id } as const;
    row = await local.addPhoto(vault, visit_id, target, file, "camera", step.late_position ? later : here);
  }
  await tell({ what: "photo", visit_id, photo_id: row.id, sha256: row.sha256, size_bytes: row.size_bytes });
}

async function sign(vault: Vault, visit_id: Uuid, seed: number): Promise<void> {
  const known = (await local.photosOf(vault, { visit_id })).find((row) => row.role === "signature");
  const row = known ?? (await local.addSignature(vault, visit_id, await picture(seed, 300, 120, "image/png")));
  await local.saveVisitDetails(vault, visit_id, { signature: { kind: "signed", photo_id: row.id } });
  await tell({ what: "photo", visit_id, photo_id: row.id, sha256: row.sha256, size_bytes: row.size_bytes });
}

async function finish(vault: Vault, plan: number, visit_id: Uuid): Promise<"finished" | "closed_by_other_tab"> {
  if ((await local.findVisit(vault, visit_id))?.signature === null) {
    try {
      await local.saveVisitDetails(vault, visit_id, { signature: { kind: "refused", reason: "不在场" } });
    } catch (error) {
      if (!(error instanceof local.VisitNotOpen)) throw error;
    }
  }
  const outcome = await local.finishVisit(vault, visit_id);
  if (outcome.kind !== "finished") throw new Error(`not finished: ${outcome.missing.join()}`);
  await tellFinished(vault, plan, visit_id);
  return "finished";
}

async function tellFinished(vault: Vault, plan: number, visit_id: Uuid): Promise<void> {
  const records = await vault.db.records.where({ visit_id }).toArray();
  const photos = await vault.db.photos.where({ visit_id }).toArray();
  await tell({
    what: "finished",
    plan,
    visit_id,
    records: records.map((row) => ({ id: row.id, kind: row.kind, content_hash: row.envelope.content_hash })),
    photos: photos.map((row) => ({ id: row.id, sha256: row.sha256, size_bytes: row.size_bytes })),
  });
}

/** What still waits for the server. */
async function unsent(): Promise<{ open: number; visits: number; records: number; photos: number; refused: unknown[]; needs_sign_in: boolean }> {
  const vault = await signedInVault();
  const { db } = vault;
  const [visits, records, photos, signed_in] = await Promise.all([db.visits.toArray(), db.records.toArray(), db.photos.toArray(), readSignedIn(device)]);
  return {
    open: visits.filter((row) => row.state === "open").length,
    visits: visits.filter((row) => row.state === "finished" && row.receipt === null).length,
    records: records.filter((row) => row.state === "waiting").length,
    photos: photos.filter((row) => row.upload.state !== "stored" && row.upload.state !== "refused").length,
    refused: [
      ...records.filter((row) => !["waiting", "stored"].includes(row.state)).map((row) => ({ id: row.id, kind: row.kind, state: row.state, problem: row.problem })),
      ...photos.filter((row) => row.upload.state === "refused").map((row) => ({ id: row.id, kind: "photo bytes", problem: row.upload.problem })),
    ],
    needs_sign_in: signed_in === null || signed_in.needs_sign_in,
  };
}

/** Everything that this phone holds, with photo bytes hashed anew from the store. */
async function dump(): Promise<unknown> {
  const { db } = await signedInVault();
  const [visits, records, photos] = await Promise.all([db.visits.toArray(), db.records.toArray(), db.photos.toArray()]);
  const held = [];
  for (const { id, visit_id, sha256, size_bytes, upload, bytes_kept } of photos) {
    const bytes = (await db.photo_bytes.get(id))?.bytes;
    const held_sha256 = bytes_kept && bytes !== undefined ? await sha256Hex(bytes) : null;
    held.push({ id, visit_id, sha256, size_bytes, receipt: upload.receipt, bytes_kept, held_sha256 });
  }
  return {
    visits: visits.map(({ id, subject_id, state, receipt }) => ({ id, subject_id, state, receipt })),
    records: records.map(({ id, kind, visit_id, state, receipt, envelope }) => ({ id, kind, visit_id, state, receipt, envelope })),
    photos: held,
  };
}

async function signIn(username: string, password: string): Promise<boolean> {
  const reply = await createSession({ username, password, device_label: "durability" });
  if (reply.kind !== "ok") return false;
  await writeSignedIn(device, { user: reply.value.user, needs_sign_in: false });
  return true;
}

async function hasChecklist(id: string): Promise<boolean> {
  const { db } = await signedInVault();
  return (await db.checklists.where({ id }).toArray()).some((row) => row.document !== null);
}

function nameOf(plan: number): string {
  return `计划 ${plan}`;
}

function position() {
  return {
    lng: 112.8991, lat: 35.6172, accuracy_m: 12, altitude_m: null, datum: "WGS-84" as const, provider: "gps" as const,
    fixed_at: new Date(Date.now() + 8 * 3_600_000).toISOString().replace("Z", "+08:00"), age_s: 0, mocked: null,
  };
}

function includes(whole: Answer | undefined, part: Answer): boolean {
  return whole !== undefined && Object.entries(part).every(([key, value]) => JSON.stringify((whole as Record<string, unknown>)[key]) === JSON.stringify(value));
}

/** A picture like no other, about as large as a phone's copy. */
async function picture(seed: number, width: number, height: number, type: string): Promise<File> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas");
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  for (let nth = 0; nth < 400; nth += 1) {
    context.fillStyle = `hsl(${Math.floor(next() * 360)} ${Math.floor(next() * 100)}% ${Math.floor(next() * 100)}%)`;
    context.fillRect(next() * width, next() * height, (next() * width) / 4, (next() * height) / 4);
  }
  context.fillStyle = "white";
  context.fillText(String(seed), 10, 20);
  const blob = await canvas.convertToBlob({ type, quality: 0.9 });
  return new File([blob], `${seed}`, { type });
}

/** For visits that are tapped on the screens: where the person stands. */
async function whereabouts(subject_nth: number): Promise<{ subject_id: Uuid; visit_id: Uuid | null; submission_id: Uuid | null }> {
  const vault = await signedInVault();
  const subjects = (await local.allSubjects(vault)).sort((a, b) => (a.id < b.id ? -1 : 1));
  const [open] = await local.openVisits(vault);
  const submission = open === undefined ? undefined : (await local.submissionsOf(vault, open.id))[0];
  return { subject_id: subjects[subject_nth % subjects.length]?.id ?? "", visit_id: open?.id ?? null, submission_id: submission?.id ?? null };
}

async function tellIfFinished(plan: number, visit_id: Uuid): Promise<boolean> {
  const vault = await signedInVault();
  if ((await local.findVisit(vault, visit_id))?.state !== "finished") return false;
  await tellFinished(vault, plan, visit_id);
  return true;
}

const bench = { visit, unsent, dump, signIn, hasChecklist, whereabouts, tellIfFinished };
window.bench = bench;

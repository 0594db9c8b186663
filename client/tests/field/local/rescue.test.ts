import { unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { finishVisit } from "../../../src/field/local/finish.ts";
import { addPhoto } from "../../../src/field/local/picks.ts";
import { writeRescueFile } from "../../../src/field/local/rescue.ts";
import { saveAnswer, saveVisitDetails, startSubmission, startVisit } from "../../../src/field/local/visits.ts";
import { contentHash, sha256Hex } from "../../../src/sync/records.ts";
import { A_CHECKLIST, aSubject, aUser, aVault, prepareByContent, SUBJECT_ID } from "../fakes.ts";

const OTHER_ID = "5b1e0000-0000-4000-8000-000000000002";

function readJson(files: Record<string, Uint8Array>, name: string): unknown {
  return JSON.parse(new TextDecoder().decode(files[name]));
}

describe("the rescue file", () => {
  it("holds all that the server has not confirmed, with hashes that fit, and drafts", async () => {
    const vault = await aVault();
    await vault.db.subjects.put(aSubject({ id: OTHER_ID }));
    const visit = await startVisit(vault, SUBJECT_ID);
    const photo = await addPhoto(vault, visit.id, { role: "item" }, new Blob(["jpeg"]), "camera", { kind: "not_located", reason: "timeout" }, prepareByContent);
    await saveVisitDetails(vault, visit.id, { signature: { kind: "absent", reason: "外出" } });
    await finishVisit(vault, visit.id);
    await vault.db.records.update(photo.id, { state: "stored" });
    await vault.db.records.update(visit.id, { state: "refused" });
    const draft = await startVisit(vault, OTHER_ID);
    const submission = await startSubmission(vault, draft.id, A_CHECKLIST);
    await saveAnswer(vault, submission.id, "a", { result: "fail" });

    const rescue = await writeRescueFile(vault, { user: aUser("u1"), device_id: "d1" });

    const files = unzipSync(new Uint8Array(await rescue.content.arrayBuffer()));
    const manifest = readJson(files, "manifest.json") as { format: string; records: { id: string; sha256: string; file: string }[]; photos: { sha256: string; file: string }[] };
    expect(rescue).toMatchObject({ name: "rescue_wangfang_202611230915.zip", records: 1, photos: 1, unreadable: [] });
    expect(manifest.format).toBe("zero-accident-rescue/1");
    const [record] = manifest.records;
    expect(record?.id).toBe(visit.id);
    expect(await contentHash(readJson(files, record?.file ?? "") as never)).toBe(record?.sha256);
    const [kept] = manifest.photos;
    expect(await sha256Hex(new Uint8Array(files[kept?.file ?? ""] ?? []))).toBe(kept?.sha256);
    expect(readJson(files, "drafts.json")).toMatchObject({ visits: [{ id: draft.id }], submissions: [{ answers: { a: { result: "fail" } } }] });
  });

  it("is written although the bytes of one photo are gone, and names it", async () => {
    const vault = await aVault();
    const visit = await startVisit(vault, SUBJECT_ID);
    const photo = await addPhoto(vault, visit.id, { role: "item" }, new Blob(["jpeg"]), "camera", { kind: "not_located", reason: "timeout" }, prepareByContent);
    await vault.db.photo_bytes.delete(photo.id);

    const rescue = await writeRescueFile(vault, { user: aUser("u1"), device_id: "d1" });

    expect(rescue).toMatchObject({ photos: 0, unreadable: [photo.id] });
  });
});

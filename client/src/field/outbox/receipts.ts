/** Receipts are believed only after checking: the code is a function of kind, id and hash, so the phone computes its own. */
import { receiptCode } from "../../sync/receipts.ts";
import type { Completeness, Receipt, Uuid } from "../../api/wire.ts";
import { FRESH_UPLOAD } from "../local/rows.ts";
import { inVault } from "../local/vault.ts";
import type { Vault } from "../local/vault.ts";

export async function isReceiptFor(receipt: Receipt | null, kind: Receipt["kind"], id: Uuid, sha256: string): Promise<boolean> {
  if (receipt === null || receipt.kind !== kind || receipt.id !== id || receipt.sha256 !== sha256) return false;
  return receipt.code === (await receiptCode(kind, id, sha256));
}

/** Takes the server's word on a visit: its receipt, or what it misses, which then goes up again. True if it was received. */
export async function takeArrival(vault: Vault, arrival: Completeness): Promise<boolean> {
  const { db } = vault;
  const closing = await inVault(vault, () => db.records.get(arrival.id));
  if (closing?.kind !== "visit") return false;
  const { receipt } = arrival;
  if (arrival.complete && receipt !== null && (await isReceiptFor(receipt, "visit", arrival.id, closing.envelope.content_hash))) {
    await inVault(vault, () =>
      db.transaction("rw", db.visits, db.receipts, async () => {
        await db.receipts.put(receipt);
        await db.visits.update(arrival.id, { receipt: receipt.code, received_at: receipt.received_at });
      }),
    );
    return true;
  }
  await sendAgain(vault, arrival.missing);
  return false;
}

/** The server is asked for what it gave receipts for and says it has not: nothing was deleted here, so it is sent again. */
async function sendAgain(vault: Vault, missing: Completeness["missing"]): Promise<void> {
  const { db } = vault;
  await inVault(vault, () =>
    db.transaction("rw", db.records, db.photos, async () => {
      for (const id of missing.records) {
        const record = await db.records.get(id);
        if (record?.state === "stored") await db.records.update(id, { state: "waiting", receipt: null });
      }
      for (const id of missing.photos) {
        const photo = await db.photos.get(id);
        if (photo?.upload.state === "stored" && photo.bytes_kept) await db.photos.update(id, { upload: { ...FRESH_UPLOAD } });
      }
    }),
  );
}

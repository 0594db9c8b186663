import { describe, expect, it } from "vitest";
import { forgetOldBytes } from "../../../src/field/local/housekeeping.ts";
import { photoPicture } from "../../../src/field/local/pictures.ts";
import type { Vault } from "../../../src/field/local/vault.ts";
import { Pauses } from "../../../src/field/outbox/pauses.ts";
import { fetchPicture } from "../../../src/field/outbox/pictures.ts";
import { CALM } from "../../../src/field/outbox/state.ts";
import { aKnownHazard, aVault, FakeClocks, FakeServer, HAZARD_ID } from "../fakes.ts";

const PHOTO_ID = "22220000-0000-4000-8000-000000000001";
const OTHER_ID = "22220000-0000-4000-8000-000000000002";

function bytesOf(text: string): ArrayBuffer {
  return new TextEncoder().encode(text).buffer;
}

async function aPhone(): Promise<{ vault: Vault; server: FakeServer; clocks: FakeClocks }> {
  const clocks = new FakeClocks();
  const vault = await aVault({ clocks });
  const server = new FakeServer();
  server.pictures.set(`${PHOTO_ID}/thumbnail`, bytesOf("small")).set(`${PHOTO_ID}/display`, bytesOf("large")).set(`${OTHER_ID}/thumbnail`, bytesOf("other"));
  return { vault, server, clocks };
}

async function fetchAll(vault: Vault, server: FakeServer, pauses = new Pauses(600_000, 600_000)): Promise<void> {
  while ((await fetchPicture(vault, server, pauses)).kind === "progress");
}

async function textOf(picture: Promise<Blob | null>): Promise<string | null> {
  return (await picture)?.text() ?? null;
}

describe("pictures of open hazards", () => {
  it("are fetched small for all and large for those that wait for their re-check", async () => {
    const { vault, server } = await aPhone();
    await vault.db.hazards.bulkPut([
      aKnownHazard({ id: "11110000-0000-4000-8000-000000000002", state: "rectifying", photos: [{ id: OTHER_ID, role: "before" }] }),
      aKnownHazard({ photos: [{ id: PHOTO_ID, role: "before" }] }),
      aKnownHazard({ id: "11110000-0000-4000-8000-000000000003", state: "closed", photos: [{ id: "22220000-0000-4000-8000-000000000003", role: "before" }] }),
    ]);

    await fetchAll(vault, server);

    expect(server.calls).toEqual([`thumbnail ${PHOTO_ID}`, `thumbnail ${OTHER_ID}`, `display ${PHOTO_ID}`]);
    expect(await textOf(photoPicture(vault, PHOTO_ID, "full"))).toBe("large");
  });

  it("show how it was found and how it was put right, however many there are", async () => {
    const { vault, server } = await aPhone();
    const photos = ["before", "before", "before", "before", "signature", "after", "after", "after", "after"].map((role, nth) => ({ id: `p${nth}`, role: role as "before" }));
    await vault.db.hazards.put(aKnownHazard({ state: "rectifying", photos }));

    await fetchAll(vault, server);

    expect(server.calls).toEqual(["p0", "p1", "p2", "p6", "p7", "p8"].map((id) => `thumbnail ${id}`));
  });

  it("stand in for the large picture only while the server cannot be reached", async () => {
    const { vault, server } = await aPhone();
    await vault.db.hazards.put(aKnownHazard({ state: "rectifying", photos: [{ id: OTHER_ID, role: "before" }] }));
    await fetchAll(vault, server);
    expect(await photoPicture(vault, OTHER_ID, "full")).toBeNull();

    await vault.db.meta.put({ key: "sending", value: { ...CALM, next_try_ms: 1 } });

    expect(await textOf(photoPicture(vault, OTHER_ID, "full"))).toBe("other");
  });

  it("are asked for again later when the server has not made them yet", async () => {
    const { vault, server, clocks } = await aPhone();
    await vault.db.hazards.put(aKnownHazard({ state: "rectifying", photos: [{ id: PHOTO_ID, role: "before" }] }));
    server.pictures.delete(`${PHOTO_ID}/thumbnail`);
    const pauses = new Pauses(600_000, 600_000);
    await fetchAll(vault, server, pauses);
    await fetchAll(vault, server, pauses);
    expect(server.calls).toHaveLength(1);

    clocks.pass(600_000);
    await fetchAll(vault, server, pauses);

    expect(server.calls).toHaveLength(2);
  });

  it("are given up when the hazard is closed", async () => {
    const { vault, server } = await aPhone();
    await vault.db.hazards.put(aKnownHazard({ photos: [{ id: PHOTO_ID, role: "before" }] }));
    await fetchAll(vault, server);

    await vault.db.hazards.update(HAZARD_ID, { state: "closed" });
    await forgetOldBytes(vault);

    expect(await vault.db.pictures.count()).toBe(0);
  });
});

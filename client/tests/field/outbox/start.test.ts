import { describe, expect, it, vi } from "vitest";
import type { Outbox } from "../../../src/field/outbox/engine.ts";
import { outboxWhenLoaded } from "../../../src/field/outbox/start.ts";

const anEngine = (): Outbox => ({ sendNow: vi.fn(), pullNow: vi.fn(), retryRefused: vi.fn(() => Promise.resolve()), stop: vi.fn(() => Promise.resolve()) });

describe("the sending", () => {
  it("hears what was asked of it before it was there", async () => {
    const engine = anEngine();
    const outbox = outboxWhenLoaded(() => Promise.resolve(() => engine));

    outbox.sendNow();
    await outbox.retryRefused("p1");

    expect(engine.sendNow).toHaveBeenCalledOnce();
    expect(engine.retryRefused).toHaveBeenCalledWith("p1");
  });

  it("is fetched again when that failed", async () => {
    vi.useFakeTimers();
    const engine = anEngine();
    let tries = 0;
    const outbox = outboxWhenLoaded(() => ((tries += 1) < 3 ? Promise.reject(new Error("a page in the place of a script")) : Promise.resolve(() => engine)));
    outbox.pullNow();

    await vi.advanceTimersByTimeAsync(3_000);

    expect([tries, vi.mocked(engine.pullNow).mock.calls.length]).toEqual([3, 1]);
    vi.useRealTimers();
  });

  it("does not start for somebody who has signed out meanwhile", async () => {
    const start = vi.fn(anEngine);
    let arrive = (_start: () => Outbox): void => undefined;
    const outbox = outboxWhenLoaded(() => new Promise((resolve) => (arrive = resolve)));

    await outbox.stop();
    arrive(start);
    await Promise.resolve();

    expect(start).not.toHaveBeenCalled();
  });
});

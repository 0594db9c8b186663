/** The sending as something that is there at once: its code is fetched beside the first screen, which does not wait for it. */
import type { Outbox } from "./engine.ts";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/** `load` fetches what starts the engine; where that fails it is tried again, since nothing would be sent without it. */
export function outboxWhenLoaded(load: () => Promise<() => Outbox>): Outbox {
  let engine: Outbox | null = null;
  let isStopped = false;
  let timer: ReturnType<typeof setTimeout>;

  const started = new Promise<Outbox>((resolve) => {
    const attempt = (wait_ms: number): void =>
      void load().then(
        (start) => {
          if (!isStopped) resolve((engine = start()));
        },
        () => {
          if (!isStopped) timer = setTimeout(() => attempt(Math.min(LONGEST_WAIT_MS, wait_ms * 2)), wait_ms);
        },
      );
    attempt(FIRST_WAIT_MS);
  });
  return {
    sendNow: () => void started.then((outbox) => outbox.sendNow()),
    pullNow: () => void started.then((outbox) => outbox.pullNow()),
    retryRefused: (id) => started.then((outbox) => outbox.retryRefused(id)),
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await engine?.stop();
    },
  };
}

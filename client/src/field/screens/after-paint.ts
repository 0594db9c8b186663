/** Work that may wait until the tap has been painted. At most one run is pending; later calls join it. */
export interface Deferred {
  schedule: () => void;
  /** Runs now what is pending; before leaving a screen, nothing may be left undone. */
  flush: () => void;
  cancel: () => void;
}

export function afterPaint(work: () => void, page: Pick<Window, "requestAnimationFrame" | "setTimeout" | "clearTimeout"> = window): Deferred {
  let pending = false;
  let timer = 0;

  function run(): void {
    if (!pending) return;
    pending = false;
    work();
  }
  return {
    schedule() {
      if (pending) return;
      pending = true;
      // A frame callback runs before the paint; the timer set in it runs after.
      page.requestAnimationFrame(() => {
        timer = page.setTimeout(run, 0);
      });
    },
    flush: run,
    cancel() {
      pending = false;
      page.clearTimeout(timer);
    },
  };
}

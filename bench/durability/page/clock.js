// Run before the page's own scripts: a device clock that can be set. Timers and performance.now() go on as they are.
(() => {
  const Real = Date;
  const realNow = Real.now.bind(Real);
  const KEY = "bench-clock";
  let offset_ms = 0;
  try {
    offset_ms = Number(localStorage.getItem(KEY) ?? 0);
  } catch {
    return;
  }
  class SetDate extends Real {
    constructor(...given) {
      if (given.length === 0) super(realNow() + offset_ms);
      else super(...given);
    }
    static now() {
      return realNow() + offset_ms;
    }
  }
  globalThis.Date = SetDate;
  globalThis.setBenchClock = (ms) => {
    offset_ms = ms;
    localStorage.setItem(KEY, String(ms));
  };
})();

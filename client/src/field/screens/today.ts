/** "Today" of the screens: the county's day by the server's clock, not by the phone's, which may be a day off. */
import { computed, inject, onScopeDispose, provide, ref } from "vue";
import type { ComputedRef, InjectionKey } from "vue";
import { serverNow } from "../../media/clock.ts";
import type { OffsetMeasurement } from "../../media/clock.ts";
import { beijingDay } from "../../ui/days.ts";
import { useLive } from "../local/live.ts";
import { inVault, readClocks, readMeta } from "../local/vault.ts";
import type { Vault } from "../local/vault.ts";
import type { Translate } from "./words.ts";

/** A day begins within a minute of midnight on a screen that stays open. */
const TICK_MS = 60_000;

export interface CountyTime {
  today: ComputedRef<string>;
  /** By how much the phone's clock is behind the server's; negative when it is ahead. Null until it was measured. */
  behind_ms: ComputedRef<number | null>;
}

const COUNTY_TIME: InjectionKey<CountyTime> = Symbol("county time");

/** Kept once by the frame around all screens. */
export function provideCountyTime(vault: Vault): CountyTime {
  const time = keepCountyTime(vault);
  provide(COUNTY_TIME, time);
  return time;
}

export function useToday(vault: Vault): ComputedRef<string> {
  return (inject(COUNTY_TIME, null) ?? keepCountyTime(vault)).today;
}

/** How far, in words: "这部手机的时间慢了 1 天 2 小时". */
export function clockOffWords(behind_ms: number, t: Translate): string {
  const minutes = Math.round(Math.abs(behind_ms) / 60_000);
  const parts = { days: Math.floor(minutes / 1440), hours: Math.floor((minutes % 1440) / 60), minutes: minutes % 60 };
  const said = parts.days > 0 ? (["days", "hours"] as const) : (["hours", "minutes"] as const);
  const far = said.filter((part) => parts[part] > 0).map((part) => t(`clock.${part}`, { n: parts[part] })).join(" ");
  return t(behind_ms > 0 ? "clock.behind" : "clock.ahead", { far });
}

function keepCountyTime(vault: Vault): CountyTime {
  const tick = ref(0);
  const timer = setInterval(() => (tick.value += 1), TICK_MS);
  onScopeDispose(() => clearInterval(timer));
  const { value: measured } = useLive(() => inVault(vault, () => readMeta<OffsetMeasurement>(vault, "server_clock")));
  const now = computed(() => {
    void tick.value;
    return { server_ms: serverNow(readClocks(vault), measured.value ?? null), device_ms: vault.clocks.now() };
  });
  return {
    today: computed(() => beijingDay(now.value.server_ms)),
    behind_ms: computed(() => (measured.value ? now.value.server_ms - now.value.device_ms : null)),
  };
}

/**
 * Where a photo was taken: the best of several fixes, with accuracy, age and datum. No position is a legal state, with a
 * reason; nothing here asks for a track. WGS-84 as browsers give it, never converted.
 */

export interface Position {
  lng: number;
  lat: number;
  accuracy_m: number | null;
  altitude_m?: number | null;
  datum: "WGS-84";
  provider: "gps" | "network" | "manual" | "none";
  fixed_at: string | null;
  age_s?: number | null;
  mocked?: boolean | null;
}

export type NoPositionReason = "denied" | "unavailable" | "timeout" | "unsupported" | "insecure";

export type Located = { kind: "located"; position: Position } | { kind: "not_located"; reason: NoPositionReason };

export interface Fix {
  lng: number;
  lat: number;
  accuracy_m: number;
  altitude_m: number | null;
  /** Wall clock of the fix, milliseconds since 1970. */
  fixed_ms: number;
}

/** Standing on the spot for this long is no burden; satellites usually answer within it. */
const TIMEOUT_MS = 12_000;
const GOOD_ENOUGH_M = 15;
/** Network fixes are seldom sharper than this, satellite fixes seldom blunter; browsers do not say which one it was. */
const GPS_LIMIT_M = 50;
/** A person walks about 1.4 m/s, so an old fix is as bad as a blunt one. */
const WALKING_M_PER_S = 1.4;
const BEIJING_OFFSET_MS = 8 * 3_600_000;

export interface LocateOptions {
  geolocation: Geolocation | undefined;
  now: () => number;
  timeout_ms?: number;
  good_enough_m?: number;
}

/** Listens to the position until a fix is good enough or time is up, and then stops listening. */
export function locate(options: LocateOptions): Promise<Located> {
  const { geolocation, now, timeout_ms = TIMEOUT_MS, good_enough_m = GOOD_ENOUGH_M } = options;
  if (geolocation === undefined) return Promise.resolve({ kind: "not_located", reason: "unsupported" });
  return new Promise((resolve) => {
    const fixes: Fix[] = [];
    let refusal: NoPositionReason = "timeout";
    let watch: number | null = null;
    let finished = false;

    const finish = (): void => {
      if (finished) return;
      finished = true;
      clearTimeout(timer);
      if (watch !== null) geolocation.clearWatch(watch);
      const best = bestFix(fixes, now());
      resolve(best === null ? { kind: "not_located", reason: refusal } : { kind: "located", position: positionFrom(best, now()) });
    };
    const timer = setTimeout(finish, timeout_ms);
    watch = geolocation.watchPosition(
      (found) => {
        fixes.push(fixFrom(found));
        if (found.coords.accuracy <= good_enough_m) finish();
      },
      (error) => {
        refusal = reasonOf(error);
        // Only a refusal is final; an unavailable position may come a second later.
        if (refusal === "denied") finish();
      },
      { enableHighAccuracy: true, maximumAge: 10_000, timeout: timeout_ms },
    );
    if (finished) geolocation.clearWatch(watch);
  });
}

/** The fix that says most about here and now: accuracy plus how far one may have walked since. */
export function bestFix(fixes: readonly Fix[], now_ms: number): Fix | null {
  const doubt = (fix: Fix): number => fix.accuracy_m + (Math.max(0, now_ms - fix.fixed_ms) / 1000) * WALKING_M_PER_S;
  return fixes.reduce<Fix | null>((best, fix) => (best === null || doubt(fix) < doubt(best) ? fix : best), null);
}

export function positionFrom(fix: Fix, now_ms: number): Position {
  return {
    lng: round(fix.lng, 7),
    lat: round(fix.lat, 7),
    accuracy_m: round(fix.accuracy_m, 1),
    altitude_m: fix.altitude_m === null ? null : round(fix.altitude_m, 1),
    datum: "WGS-84",
    provider: fix.accuracy_m <= GPS_LIMIT_M ? "gps" : "network",
    fixed_at: new Date(fix.fixed_ms + BEIJING_OFFSET_MS).toISOString().replace("Z", "+08:00"),
    age_s: round(Math.max(0, now_ms - fix.fixed_ms) / 1000, 1),
    // Browsers do not tell whether the fix was simulated.
    mocked: null,
  };
}

function fixFrom(found: GeolocationPosition): Fix {
  const { longitude, latitude, accuracy, altitude } = found.coords;
  return { lng: longitude, lat: latitude, accuracy_m: accuracy, altitude_m: altitude, fixed_ms: found.timestamp };
}

function reasonOf(error: GeolocationPositionError): NoPositionReason {
  if (error.code === 1) return "denied";
  return error.code === 3 ? "timeout" : "unavailable";
}

function round(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}

import { describe, expect, it, vi } from "vitest";
import { bestFix, locate } from "../../src/media/position.ts";
import type { Fix } from "../../src/media/position.ts";

const NOON_MS = Date.parse("2026-11-23T12:00:00+08:00");

function fix(accuracy_m: number, age_s = 0): Fix {
  return { lng: 112.8991, lat: 35.6172, accuracy_m, altitude_m: null, fixed_ms: NOON_MS - age_s * 1000 };
}

type Tell = { found: (accuracy: number) => void; failed: (code: number) => void; cleared: () => boolean };

function fakeGeolocation(): { geolocation: Geolocation; tell: Tell } {
  let onFound: PositionCallback = () => undefined;
  let onError: PositionErrorCallback | null | undefined = null;
  let cleared = false;
  const geolocation = {
    watchPosition: (found: PositionCallback, error?: PositionErrorCallback | null) => {
      onFound = found;
      onError = error;
      return 7;
    },
    clearWatch: () => (cleared = true),
    getCurrentPosition: () => undefined,
  } as unknown as Geolocation;
  return {
    geolocation,
    tell: {
      found: (accuracy) => onFound({ coords: { longitude: 112.89910001, latitude: 35.6172, accuracy, altitude: 732.14 }, timestamp: NOON_MS - 2000 } as GeolocationPosition),
      failed: (code) => onError?.({ code } as GeolocationPositionError),
      cleared: () => cleared,
    },
  };
}

describe("the best of several fixes", () => {
  it.each([
    ["the sharper one", [fix(40), fix(12)], 12],
    ["a blunt new one over a sharp one from a minute's walk ago", [fix(10, 60), fix(40)], 40],
    ["the only one", [fix(900)], 900],
  ])("is %s", (_name, fixes, accuracy_m) => {
    expect(bestFix(fixes, NOON_MS)?.accuracy_m).toBe(accuracy_m);
  });

  it("does not exist without fixes", () => {
    expect(bestFix([], NOON_MS)).toBeNull();
  });
});

describe("locating", () => {
  it("stops listening as soon as a fix is good enough", async () => {
    const { geolocation, tell } = fakeGeolocation();
    const located = locate({ geolocation, now: () => NOON_MS });

    tell.found(60);
    tell.found(8.04);

    expect(await located).toEqual({
      kind: "located",
      position: { lng: 112.8991, lat: 35.6172, accuracy_m: 8, altitude_m: 732.1, datum: "WGS-84", provider: "gps", fixed_at: "2026-11-23T11:59:58.000+08:00", age_s: 2, mocked: null },
    });
    expect(tell.cleared()).toBe(true);
  });

  it("takes the best there is when time is up", async () => {
    vi.useFakeTimers();
    const { geolocation, tell } = fakeGeolocation();
    const located = locate({ geolocation, now: () => NOON_MS });

    tell.found(900);
    vi.advanceTimersByTime(12_000);
    vi.useRealTimers();

    expect(await located).toMatchObject({ kind: "located", position: { accuracy_m: 900, provider: "network" } });
  });

  it("gives the reason when there is none, which is a legal state", async () => {
    const { geolocation, tell } = fakeGeolocation();
    const located = locate({ geolocation, now: () => NOON_MS });

    tell.failed(1);

    expect(await located).toEqual({ kind: "not_located", reason: "denied" });
    expect(await locate({ geolocation: undefined, now: () => NOON_MS })).toEqual({ kind: "not_located", reason: "unsupported" });
  });
});

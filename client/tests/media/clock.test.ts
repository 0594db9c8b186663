import { describe, expect, it } from "vitest";
import { betterMeasurement, clockFacts, measureOffset } from "../../src/media/clock.ts";
import type { ClockReading } from "../../src/media/clock.ts";

const NOON_MS = Date.parse("2026-11-23T12:00:00+08:00");

function reading(after_ms: number, changes: Partial<ClockReading> = {}): ClockReading {
  return { device_ms: NOON_MS + after_ms, monotonic_ms: 5_000 + after_ms, page_id: "p", ...changes };
}

describe("the phone's clock", () => {
  it("is compared with the server's in the middle of the round trip", () => {
    const measured = measureOffset("2026-11-23T12:01:00+08:00", reading(0), reading(400));

    expect(measured).toMatchObject({ offset_ms: 59_800, round_trip_ms: 400 });
  });

  it("says nothing about its error when the server was never heard", () => {
    expect(clockFacts(reading(0), null)).toEqual({
      device_time: "2026-11-23T12:00:00.000+08:00",
      server_offset_ms: null,
      offset_measured_at: null,
      monotonic_gap_ms: null,
      error_bound_ms: null,
    });
  });

  it("grows less certain by the hour", () => {
    const measured = measureOffset("2026-11-23T12:00:00+08:00", reading(0), reading(400));

    const facts = clockFacts(reading(400 + 3_600_000), measured);

    expect(facts).toMatchObject({ server_offset_ms: -200, monotonic_gap_ms: 0, error_bound_ms: 380 });
  });

  it("shows when somebody moved it by a day", () => {
    const measured = measureOffset("2026-11-23T12:00:00+08:00", reading(0), reading(0));

    const facts = clockFacts({ device_ms: NOON_MS - 86_400_000, monotonic_ms: 6_000, page_id: "p" }, measured);

    expect(facts.monotonic_gap_ms).toBe(-86_401_000);
    expect(facts.error_bound_ms).toBeGreaterThan(86_400_000);
  });

  it("cannot compare across a reload", () => {
    const measured = measureOffset("2026-11-23T12:00:00+08:00", reading(0), reading(0));

    expect(clockFacts(reading(1000, { page_id: "reloaded" }), measured).monotonic_gap_ms).toBeNull();
  });

  it("keeps the sharper measurement for ten minutes and not after a jump", () => {
    const sharp = measureOffset("2026-11-23T12:00:00+08:00", reading(0), reading(100));
    const blunt = measureOffset("2026-11-23T12:01:00+08:00", reading(60_000), reading(62_000));
    const late = measureOffset("2026-11-23T12:11:00+08:00", reading(660_000), reading(662_000));
    const jumped = measureOffset("2026-11-23T12:01:00+08:00", reading(90_000, { monotonic_ms: 65_000 }), reading(92_000, { monotonic_ms: 67_000 }));

    expect(betterMeasurement(sharp, blunt)).toBe(sharp);
    expect(betterMeasurement(sharp, late)).toBe(late);
    expect(betterMeasurement(sharp, jumped)).toBe(jumped);
    expect(betterMeasurement(null, blunt)).toBe(blunt);
  });
});

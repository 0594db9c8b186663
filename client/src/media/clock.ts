/**
 * How far a phone's clock may be trusted: device time, the server's offset when it was last heard, and what happened since.
 * Pure; who reads the clocks is the caller. The server judges from these facts, the phone never corrects its own time.
 */

export interface Clock {
  device_time: string;
  server_offset_ms: number | null;
  offset_measured_at: string | null;
  monotonic_gap_ms: number | null;
  error_bound_ms: number | null;
}

export interface ClockReading {
  /** Wall clock, milliseconds since 1970. */
  device_ms: number;
  /** Monotonic clock of this page, milliseconds; comparable only between readings with the same page_id. */
  monotonic_ms: number;
  page_id: string;
}

export interface OffsetMeasurement {
  offset_ms: number;
  round_trip_ms: number;
  reading: ClockReading;
}

const BEIJING_OFFSET_MS = 8 * 3_600_000;
/** Cheap phone crystals stay within 50 parts per million. */
const DRIFT_PER_MS = 50e-6;
/** A fresh measurement replaces a sharper one after this time, since drift has eaten the advantage. */
const MEASUREMENT_LIFETIME_MS = 600_000;

/** The server stamped its time somewhere between our sending and receiving; half the round trip is the doubt. */
export function measureOffset(server_time: string, sent: ClockReading, received: ClockReading): OffsetMeasurement {
  const round_trip_ms = Math.max(0, received.monotonic_ms - sent.monotonic_ms);
  const offset_ms = Math.round(Date.parse(server_time) - (received.device_ms - round_trip_ms / 2));
  return { offset_ms, round_trip_ms: Math.round(round_trip_ms), reading: received };
}

/** What cannot be computed with (a server time that is none, or what an older version kept of one) is no measurement. */
export function isMeasurement(measured: OffsetMeasurement | null): measured is OffsetMeasurement {
  return measured !== null && [measured.offset_ms, measured.round_trip_ms, measured.reading.device_ms, measured.reading.monotonic_ms].every(Number.isFinite);
}

export function betterMeasurement(kept: OffsetMeasurement | null, fresh: OffsetMeasurement): OffsetMeasurement | null {
  if (!isMeasurement(fresh)) return isMeasurement(kept) ? kept : null;
  if (!isMeasurement(kept)) return fresh;
  const age_ms = fresh.reading.device_ms - kept.reading.device_ms;
  const jumped = Math.abs(monotonicGap(kept.reading, fresh.reading) ?? 0) > 1_000;
  if (jumped || age_ms < 0 || age_ms > MEASUREMENT_LIFETIME_MS) return fresh;
  return fresh.round_trip_ms <= kept.round_trip_ms ? fresh : kept;
}

/**
 * What the server's clock says now, milliseconds since 1970, as far as this phone can tell. Within the page that measured it, the
 * monotonic clock carries on, so that setting the phone's clock meanwhile moves nothing; without a measurement it is the phone's own.
 */
export function serverNow(now: ClockReading, measured: OffsetMeasurement | null): number {
  if (!isMeasurement(measured)) return now.device_ms;
  const { offset_ms, reading } = measured;
  if (reading.page_id === now.page_id) return reading.device_ms + offset_ms + (now.monotonic_ms - reading.monotonic_ms);
  return now.device_ms + offset_ms;
}

/** Facts that go with a photo or a visit. The error bound is null when the server was never heard. */
export function clockFacts(now: ClockReading, measured: OffsetMeasurement | null): Clock {
  if (!isMeasurement(measured)) {
    return {
      device_time: beijingTime(now.device_ms),
      server_offset_ms: null,
      offset_measured_at: null,
      monotonic_gap_ms: null,
      error_bound_ms: null,
    };
  }
  const gap_ms = monotonicGap(measured.reading, now);
  const age_ms = Math.abs(now.device_ms - measured.reading.device_ms);
  return {
    device_time: beijingTime(now.device_ms),
    server_offset_ms: measured.offset_ms,
    offset_measured_at: beijingTime(measured.reading.device_ms),
    monotonic_gap_ms: gap_ms === null ? null : Math.round(gap_ms),
    error_bound_ms: Math.ceil(measured.round_trip_ms / 2 + age_ms * DRIFT_PER_MS + Math.abs(gap_ms ?? 0)),
  };
}

/** By how much the wall clock moved more than real time passed; null when the page was loaded anew in between. */
function monotonicGap(from: ClockReading, to: ClockReading): number | null {
  if (from.page_id !== to.page_id) return null;
  return to.device_ms - from.device_ms - (to.monotonic_ms - from.monotonic_ms);
}

function beijingTime(device_ms: number): string {
  return new Date(device_ms + BEIJING_OFFSET_MS).toISOString().replace("Z", "+08:00");
}

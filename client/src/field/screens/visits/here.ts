/** One rough position for sorting a list, and only where the person has already allowed it: opening the home screen asks nothing. */
import type { Point } from "./distance.ts";

const RECENT_MS = 5 * 60_000;

export async function approximatePosition(device: Navigator = navigator): Promise<Point | null> {
  const permission = await device.permissions?.query({ name: "geolocation" }).catch(() => null);
  if (permission?.state !== "granted") return null;
  return new Promise((resolve) => {
    device.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lng: coords.longitude, lat: coords.latitude }),
      () => resolve(null),
      { maximumAge: RECENT_MS, timeout: 5000 },
    );
  });
}

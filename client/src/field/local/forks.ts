/** Whether two devices went on with one visit; apart from mirror.ts, since the first screen asks it of every subject. */
import type { MirrorRow } from "./rows.ts";

/** True where the server has a copy that this phone's rows do not build on. */
export function isForked(mirror: MirrorRow): boolean {
  return mirror.finished_elsewhere || (mirror.server !== null && mirror.server.revision > (mirror.based_on ?? 0));
}

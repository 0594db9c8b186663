/** One draft from the server. Its content is a phone's own rows, which the contract leaves open: looked at here. */
import { askFor } from "../../api/http.ts";
import type { Fetch, Reply, RequestOptions } from "../../api/http.ts";
import type { Uuid } from "../../api/wire.ts";
import type { DraftContent, DraftDocument } from "../local/rows.ts";

/** The form of draft contents that this version of the app reads; a later one is handed on, to be told apart by who shows it. */
export const KNOWN_FORMAT = 1;

export function draftPath(visit_id: Uuid): string {
  return `/api/visits/drafts/${visit_id}`;
}

export async function askForDraft(visit_id: Uuid, options: RequestOptions, fetch_?: Fetch): Promise<Reply<DraftDocument>> {
  const reply = await askFor(draftPath(visit_id), "DraftContent", options, fetch_);
  if (reply.kind !== "ok") return reply;
  const { content } = reply.value;
  return isReadable(content) ? { kind: "ok", value: { ...reply.value, content } } : { kind: "unreachable" };
}

const LISTS = ["submissions", "hazards", "rechecks", "photos"] as const satisfies (keyof DraftContent)[];

function isReadable(content: object): content is DraftContent {
  const { format = KNOWN_FORMAT, visit, ...lists } = content as Partial<DraftContent>;
  if ((format as number) > KNOWN_FORMAT) return true;
  return typeof visit === "object" && visit !== null && typeof visit.id === "string" && LISTS.every((name) => Array.isArray(lists[name]));
}

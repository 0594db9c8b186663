/** Which checklist is previewed, and its document from the server: a stored version by its hash, or a draft of the office. */
import { callApi } from "../../api/http.ts";
import type { Reply } from "../../api/http.ts";
import type { ChecklistDocument } from "../../forms/format.ts";

export type Previewed = { hash: string } | { draft: string } | null;

export function previewedFrom(search: string): Previewed {
  const query = new URLSearchParams(search);
  const draft = query.get("draft");
  const hash = query.get("hash");
  if (draft) return { draft };
  return hash ? { hash } : null;
}

export async function fetchPreviewed(previewed: Previewed): Promise<Reply<ChecklistDocument>> {
  if (previewed === null) return { kind: "unreachable" };
  if ("hash" in previewed) return callApi<ChecklistDocument>(`/api/forms/checklists/${encodeURIComponent(previewed.hash)}`);
  const reply = await callApi<{ document: ChecklistDocument }>(`/api/forms/drafts/${encodeURIComponent(previewed.draft)}`);
  return reply.kind === "ok" ? { kind: "ok", value: reply.value.document } : reply;
}

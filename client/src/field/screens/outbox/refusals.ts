/** Why the server did not take something, in words a person can act on. */
import type { Problem } from "../../../api/wire.ts";
import type { Translate } from "../words.ts";

/** Problem slugs that have words of their own here; the server's sentence says the rest. */
const KNOWN = new Set(["not-allowed", "forbidden", "subject-not-yours", "not-found", "too-large", "not-a-photo", "answers-invalid", "hash-mismatch"]);

export function refusalWords(refusal: { state: string; problem: Problem | null }, t: Translate): string {
  const slug = refusal.problem?.type.split("/").at(-1) ?? "";
  if (refusal.state === "conflict") return t("outbox.refusals.conflict");
  if (refusal.state === "quarantined") return t("outbox.refusals.quarantined", { reason: refusal.problem?.detail ?? refusal.problem?.title ?? "" });
  if (KNOWN.has(slug)) return t(`outbox.refusals.${slug.replaceAll("-", "_")}`);
  return refusal.problem?.detail ?? refusal.problem?.title ?? t("outbox.refusals.unknown");
}

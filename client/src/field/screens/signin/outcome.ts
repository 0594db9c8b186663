/** What to say when signing in failed, and where to go when it did not. */
import type { SignInOutcome } from "../../session/index.ts";
import type { Translate } from "../words.ts";

export function signInFailure(outcome: Exclude<SignInOutcome, { kind: "signed_in" }>, t: Translate): string {
  if (outcome.kind === "unreachable") return t("sign_in.failed_network");
  if (outcome.status === 401) return t("sign_in.failed_credentials");
  if (outcome.status === 429) return t("sign_in.failed_wait");
  return t("sign_in.failed_other", { reason: outcome.problem?.detail ?? outcome.problem?.title ?? String(outcome.status) });
}

/** Only a path of this app: an address from a link must not lead anywhere else. */
export function safeNext(next: unknown): string {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) && !next.startsWith("/sign-in") ? next : "/";
}

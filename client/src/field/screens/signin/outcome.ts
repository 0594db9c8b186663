/** What to say when signing in failed, and where to go when it did not. */
import type { SignInOutcome } from "../../session/index.ts";
import type { Translate } from "../words.ts";

export function signInFailure(outcome: Exclude<SignInOutcome, { kind: "signed_in" }>, t: Translate): string {
  if (outcome.kind === "unreachable") return t("sign_in.failed_network");
  const { type, detail, title } = outcome.problem;
  if (type === "/problems/sign-in-failed") return t("sign_in.failed_credentials");
  if (type === "/problems/account-closed") return t("sign_in.reasons.account_closed");
  if (type === "/problems/too-many-requests") return t("sign_in.failed_wait");
  return t("sign_in.failed_other", { reason: detail ?? title });
}

/** Only a path of this app: an address from a link must not lead anywhere else. */
export function safeNext(next: unknown): string {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) && !next.startsWith("/sign-in") ? next : "/";
}

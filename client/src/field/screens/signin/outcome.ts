/** What to say when signing in failed, and where to go when it did not. */
import { problemWords } from "../../../i18n/problems.ts";
import type { SignInOutcome } from "../../session/index.ts";
import type { Translate } from "../words.ts";

export function signInFailure(outcome: Exclude<SignInOutcome, { kind: "signed_in" }>, t: Translate): string {
  if (outcome.kind === "unreachable") return t("sign_in.failed_network");
  return problemWords(outcome.problem, t);
}

/** Only a path of this app: an address from a link must not lead anywhere else. */
export function safeNext(next: unknown): string {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) && !next.startsWith("/sign-in") ? next : "/";
}

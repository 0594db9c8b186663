/**
 * Which refusals end the matter. Only a problem that the server names about the very record or photo that was sent is its last
 * word on it; everything else is about the person, the way there or the moment, and is tried again.
 */
import { decideRetry } from "../../sync/retry.ts";
import type { Problem } from "../../api/wire.ts";
import type { SignInReason } from "../local/device.ts";
import type { Reply } from "./network.ts";

/** Names of server/problems.py; docs/problems.md says what each means. */
const ON_RECORDS = ["malformed-request", "too-large", "invalid"];
const ON_PHOTOS = ["malformed-request", "too-large", "invalid", "not-a-photo", "unsupported-media-type", "record-conflict", "not-found"];

const SIGN_IN: Readonly<Record<string, SignInReason>> = {
  "not-signed-in": "expired",
  "signed-in-as-other": "signed_in_as_other",
  "account-closed": "account_closed",
};

export function signInReason(problem: Problem): SignInReason | null {
  return SIGN_IN[nameOf(problem)] ?? (problem.status === 401 ? "expired" : null);
}

export function isAboutThePerson(problem: Problem): boolean {
  return signInReason(problem) !== null;
}

export function isLastWordOn(what: "records" | "photos", problem: Problem): boolean {
  return (what === "records" ? ON_RECORDS : ON_PHOTOS).includes(nameOf(problem));
}

/** For a result about one record: the server has spoken about it, unless its status says that it may change its mind. */
export function willTryAgain(problem: Problem): boolean {
  return decideRetry(problem.status, 1, null, 0).action !== "stop";
}

/** Whether the server has answered a question with a no, which asking again at once will not change. */
export function isAnswerTo(reply: Exclude<Reply<unknown>, { kind: "ok" }>): reply is Extract<Reply<never>, { kind: "refused" }> {
  return reply.kind === "refused" && !isAboutThePerson(reply.problem) && !willTryAgain(reply.problem);
}

function nameOf(problem: Problem): string {
  return problem.type.replace("/problems/", "");
}

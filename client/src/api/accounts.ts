/** Signing in and out. */
import { askFor, callApi } from "./http.ts";
import type { Reply } from "./http.ts";
import type { SessionReply, User, Uuid } from "./wire.ts";

export function createSession(credentials: { username: string; password: string; device_label?: string }): Promise<Reply<SessionReply>> {
  return askFor("/api/accounts/session", "Session", { method: "POST", body: credentials });
}

export function readSession(user_id?: Uuid): Promise<Reply<SessionReply>> {
  return askFor("/api/accounts/session", "Session", user_id === undefined ? {} : { user_id });
}

export function userOf({ user, actions }: SessionReply): User {
  return { ...user, actions };
}

export function deleteSession(): Promise<Reply<null>> {
  return callApi<null>("/api/accounts/session", { method: "DELETE", timeout_ms: 5_000 });
}

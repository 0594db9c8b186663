/** Access to the session for components. Starting one is start.ts, which main.ts loads beside the first screen. */
import { inject } from "vue";
import { SESSION } from "./session.ts";
import type { Session, SessionState } from "./session.ts";

export { SESSION } from "./session.ts";
export type { Session, SessionState, SignInOutcome } from "./session.ts";

export function useSession(): Session {
  const session = inject(SESSION);
  if (session === undefined) throw new Error("no session was provided");
  return session;
}

/** For screens behind the sign-in guard of the router, where somebody is always signed in. */
export function useOpenSession(): Extract<SessionState, { kind: "open" }> {
  const state = useSession().state.value;
  if (state.kind !== "open") throw new Error("this screen needs somebody signed in");
  return state;
}

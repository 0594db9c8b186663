/** Wires the session of the phone app to the real browser. The store and the sending come as a separate download. */
import type * as RoomExports from "./room.ts";
import { createSession, deleteSession } from "../../api/accounts.ts";
import { createFieldSession, RoomNotLoaded } from "./session.ts";
import type { Session } from "./session.ts";

const HINT_KEY = "signed-in";
/** By then the sign-in screen stands, also on slow 4G; typing a password takes longer than the download that follows. */
const SCREEN_FIRST_MS = 1_500;

export function startFieldSession(browser: Window = window): Session {
  return createFieldSession({
    loadRoom: async () => (await loadRoomModule()).openRoom(browser),
    accounts: { createSession, deleteSession },
    hint: { read: () => readHint(browser), write: (signed_in) => writeHint(browser, signed_in) },
    whenIdle: (work) => browser.setTimeout(work, SCREEN_FIRST_MS),
    device_label: deviceLabel(browser.navigator.userAgent),
  });
}

async function loadRoomModule(): Promise<typeof RoomExports> {
  try {
    return await import("./room.ts");
  } catch (error) {
    throw new RoomNotLoaded("the store and the sending could not be fetched", { cause: error });
  }
}

/** "Android · Chrome": enough for the person to tell their phones apart. */
export function deviceLabel(userAgent: string): string {
  const system = /Android|iPhone|iPad|Windows|Mac OS|Linux/.exec(userAgent)?.[0] ?? "?";
  const app = /MicroMessenger|HuaweiBrowser|MiuiBrowser|EdgA?|Firefox|Chrome|Safari/.exec(userAgent)?.[0] ?? "?";
  return `${system} · ${app}`;
}

/** Whether somebody was signed in when the app was last used: a guess, before the store can be asked. */
export function readHint(browser: Window = window): boolean {
  try {
    return browser.localStorage.getItem(HINT_KEY) === "1";
  } catch {
    return false;
  }
}

function writeHint(browser: Window, signed_in: boolean): void {
  try {
    if (signed_in) browser.localStorage.setItem(HINT_KEY, "1");
    else browser.localStorage.removeItem(HINT_KEY);
  } catch {
    return;
  }
}

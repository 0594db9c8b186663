/** Who is signed in at the desk. The token lives in an HttpOnly cookie, so only the server knows whether it still holds. */
import { inject, readonly, shallowRef, type InjectionKey, type ShallowRef } from 'vue';
import { actFor } from './api/http';
import { currentUser, signIn as startSession, signOut as endSession } from './api/session';
import type { User } from './api/types';

export interface Session {
  user: Readonly<ShallowRef<User | null>>;
  restore: () => Promise<void>;
  signIn: (username: string, password: string) => Promise<User>;
  signOut: () => Promise<void>;
  forget: () => void;
}

export const SESSION: InjectionKey<Session> = Symbol('session');

export function createSession(): Session {
  const user = shallowRef<User | null>(null);
  let restored = false;

  function become(signedIn: User | null): void {
    user.value = signedIn;
    actFor(signedIn?.id);
  }

  async function restore(): Promise<void> {
    if (restored) return;
    become(await currentUser());
    restored = true;
  }

  async function signIn(username: string, password: string): Promise<User> {
    const signedIn = await startSession(username, password);
    become(signedIn);
    restored = true;
    return signedIn;
  }

  async function signOut(): Promise<void> {
    await endSession();
    become(null);
  }

  return { user: readonly(user) as Readonly<ShallowRef<User | null>>, restore, signIn, signOut, forget: () => become(null) };
}

export function useSession(): Session {
  const session = inject(SESSION);
  if (!session) throw new Error('No session is provided above this component.');
  return session;
}

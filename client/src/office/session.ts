/** Who is signed in at the desk. The token lives in an HttpOnly cookie, so only the server knows whether it still holds. */
import { inject, readonly, shallowRef, type InjectionKey, type ShallowRef } from 'vue';
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

  async function restore(): Promise<void> {
    if (restored) return;
    user.value = await currentUser();
    restored = true;
  }

  async function signIn(username: string, password: string): Promise<User> {
    const signedIn = await startSession(username, password);
    user.value = signedIn;
    restored = true;
    return signedIn;
  }

  async function signOut(): Promise<void> {
    await endSession();
    user.value = null;
  }

  return { user: readonly(user) as Readonly<ShallowRef<User | null>>, restore, signIn, signOut, forget: () => { user.value = null; } };
}

export function useSession(): Session {
  const session = inject(SESSION);
  if (!session) throw new Error('No session is provided above this component.');
  return session;
}

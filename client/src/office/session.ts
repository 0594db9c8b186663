/** Who is signed in at the desk. The token lives in an HttpOnly cookie, so only the server knows whether it still holds. */
import { inject, readonly, shallowRef, type InjectionKey, type ShallowRef } from 'vue';
import { currentSession, signIn as postSession, signOut as deleteSession } from './api/session';
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
    const answer = await currentSession();
    user.value = answer?.user ?? null;
    restored = true;
  }

  async function signIn(username: string, password: string): Promise<User> {
    const answer = await postSession(username, password);
    user.value = answer.user;
    restored = true;
    return answer.user;
  }

  async function signOut(): Promise<void> {
    await deleteSession();
    user.value = null;
  }

  return { user: readonly(user) as Readonly<ShallowRef<User | null>>, restore, signIn, signOut, forget: () => { user.value = null; } };
}

export function useSession(): Session {
  const session = inject(SESSION);
  if (!session) throw new Error('No session is provided above this component.');
  return session;
}

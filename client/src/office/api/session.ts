import { createSession, deleteSession, readSession, userOf } from '../../api/accounts';
import { valueOf } from './http';
import type { User } from '../../api/wire.ts';

export async function signIn(username: string, password: string): Promise<User> {
  return userOf(valueOf(await createSession({ username, password, device_label: 'office' })));
}

/** Whose session is running, or null when nobody is signed in. */
export async function currentUser(): Promise<User | null> {
  const reply = await readSession();
  if (reply.kind === 'refused' && (reply.status === 401 || reply.status === 403)) return null;
  return userOf(valueOf(reply));
}

export async function signOut(): Promise<void> {
  valueOf(await deleteSession());
}

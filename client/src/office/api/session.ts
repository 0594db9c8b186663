import { createSession, deleteSession, readSession } from '../../api/accounts';
import { valueOf } from './http';
import type { User } from './types';

export async function signIn(username: string, password: string): Promise<User> {
  return valueOf(await createSession({ username, password, device_label: 'office' })).user as User;
}

/** Whose session is running, or null when nobody is signed in. */
export async function currentUser(): Promise<User | null> {
  const reply = await readSession();
  if (reply.kind === 'refused' && (reply.status === 401 || reply.status === 403)) return null;
  return valueOf(reply).user as User;
}

export async function signOut(): Promise<void> {
  valueOf(await deleteSession());
}

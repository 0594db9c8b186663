import { deleteJson, getJson, isProblem, postJson } from './http';
import type { SessionAnswer } from './types';

export function signIn(username: string, password: string): Promise<SessionAnswer> {
  return postJson<SessionAnswer>('/api/accounts/session', { username, password, device_label: 'office' });
}

/** The running session, or null when nobody is signed in. */
export async function currentSession(): Promise<SessionAnswer | null> {
  try {
    return await getJson<SessionAnswer>('/api/accounts/session');
  } catch (error) {
    if (isProblem(error) && (error.status === 401 || error.status === 403)) return null;
    throw error;
  }
}

export function signOut(): Promise<void> {
  return deleteJson('/api/accounts/session');
}

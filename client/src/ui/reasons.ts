/** What went wrong, for a sentence that already says what to do. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

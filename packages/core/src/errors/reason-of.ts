/** What was thrown, in words, for a message. Anything can be thrown; whatever it is, this never throws. */
export function reasonOf(error: unknown): string {
  try {
    const reason: unknown = error instanceof Error ? error.message : error;
    return String(reason);
  } catch {
    return 'something was thrown that cannot be shown';
  }
}

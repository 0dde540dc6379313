/** What an observer throws stops no call. */
export function guarded<Result>(tell: () => Result): Result | undefined {
  try {
    return tell();
  } catch {
    return undefined;
  }
}

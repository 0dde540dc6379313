/** A promise of the suite's that was broken. */
export class ConformanceError extends Error {
  override get name(): string {
    return 'ConformanceError';
  }
}

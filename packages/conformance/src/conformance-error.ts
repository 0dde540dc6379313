/** A promise of the suite's that was broken. */
export class ConformanceError extends Error {
  /** Always `ConformanceError`. */
  override get name(): string {
    return 'ConformanceError';
  }
}

/** Something that may end what is under way, once. */
export interface Stop {
  readonly isAborted: boolean;
  /** Why; undefined before. */
  readonly reason: unknown;
  /** Runs `callback` when it aborts. @returns what takes that back */
  onAbort(callback: () => void): () => void;
}

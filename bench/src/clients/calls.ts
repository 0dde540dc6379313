/** Calls of one kind, as many as are wanted. */
export interface Calls extends AsyncDisposable {
  /** Makes one, and reads its answer to the end. */
  make(): Promise<void>;
}

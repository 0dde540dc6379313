/** A server that can be stopped, and cut off. */
export interface Stoppable {
  /** Answers what is under way and takes nothing new. */
  stop(): Promise<void>;
  /** As the end of its process would: every connection is cut, also in the middle of an answer. */
  destroy(): Promise<void>;
}

/** One that speaks one protocol, on loopback, on a port that is free. */
export interface ProtocolServer extends Stoppable {
  /** Where it listens: `http://127.0.0.1:40123`. */
  readonly endpoint: string;
}

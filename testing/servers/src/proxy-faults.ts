/** The way of the bytes: `up` is from client to server, `down` from server to client. */
export type Direction = 'up' | 'down';

/** What a proxy does to the bytes of all its connections. */
export class ProxyFaults {
  readonly paused: Set<Direction> = new Set<Direction>();
  delayMs: number = 0;
  /** For each direction of each connection. */
  bytesPerSecond: number = Number.POSITIVE_INFINITY;

  clear(): void {
    this.paused.clear();
    this.delayMs = 0;
    this.bytesPerSecond = Number.POSITIVE_INFINITY;
  }
}

import type { Socket } from 'node:net';
import type { Direction, ProxyFaults } from './proxy-faults.ts';

/** What came in and waits its turn. The end and the reset of a connection pass like bytes, in order and under the same faults. */
type Parcel =
  | { readonly type: 'bytes'; readonly at: number; readonly bytes: Buffer }
  | { readonly type: 'end' | 'reset'; readonly at: number };

/** What one direction of a connection runs between. */
export interface FlowEnds {
  readonly direction: Direction;
  readonly from: Socket;
  readonly to: Socket;
  readonly faults: ProxyFaults;
  readonly onBytes: (count: number) => void;
  /** A reset has come through: both ends are to break. */
  readonly onReset: () => void;
}

// Enough that a fault isn't felt by the sender at once, as with the buffers of a real network.
const mostBytesHeld = 1 << 20;
// A throttled flow is cut into pieces that take this long, so that a slow rate is even.
const throttleStepMs = 20;

/**
 * One direction of one connection. Whatever the faults, it passes what it was given whole and in order; what is held back
 * stays until they are over, and a sender that gives more than it holds feels it as backpressure.
 */
export class ProxyFlow {
  readonly #ends: FlowEnds;
  readonly #parcels: Parcel[] = [];
  #held = 0;
  #notBefore = 0;
  #frozen = false;
  #draining = false;
  #over = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(ends: FlowEnds) {
    this.#ends = ends;
    const { from, to } = ends;
    from.on('data', (bytes: Buffer) => this.#take(bytes));
    from.once('end', () => this.#enqueue({ type: 'end', at: performance.now() }));
    from.on('error', () => this.#enqueue({ type: 'reset', at: performance.now() }));
    to.on('drain', () => {
      this.#draining = false;
      this.pump();
    });
  }

  /** Stops for this connection alone, whatever the faults of the proxy. */
  freeze(): void {
    this.#frozen = true;
  }

  thaw(): void {
    this.#frozen = false;
    this.pump();
  }

  /** Nothing passes any more. */
  close(): void {
    this.#over = true;
    this.#parcels.length = 0;
    clearTimeout(this.#timer);
  }

  /** Passes what may pass now. To be called when the faults have changed. */
  pump(): void {
    clearTimeout(this.#timer);
    while (!this.#over && !this.#isBlocked()) {
      const parcel = this.#parcels[0];
      if (parcel === undefined) return;
      const waitMs = Math.max(parcel.at + this.#ends.faults.delayMs, this.#notBefore) - performance.now();
      // A timer may come up to 1 ms early; what is due within that passes.
      if (waitMs >= 1) {
        this.#timer = setTimeout(() => this.pump(), waitMs);
        return;
      }
      this.#pass(parcel);
    }
  }

  #isBlocked(): boolean {
    return this.#frozen || this.#draining || this.#ends.faults.paused.has(this.#ends.direction);
  }

  #take(bytes: Buffer): void {
    this.#held += bytes.length;
    if (this.#held >= mostBytesHeld) this.#ends.from.pause();
    this.#enqueue({ type: 'bytes', at: performance.now(), bytes });
  }

  #enqueue(parcel: Parcel): void {
    if (this.#over) return;
    this.#parcels.push(parcel);
    if (this.#parcels.length === 1) this.pump();
  }

  #pass(parcel: Parcel): void {
    this.#parcels.shift();
    if (parcel.type === 'bytes') this.#write(parcel.bytes, parcel.at);
    else if (parcel.type === 'end') this.#ends.to.end();
    else this.#ends.onReset();
  }

  #write(bytes: Buffer, at: number): void {
    const now = bytes.subarray(0, this.#most());
    const later = bytes.subarray(now.length);
    if (later.length > 0) this.#parcels.unshift({ type: 'bytes', at, bytes: later });
    this.#notBefore = performance.now() + (now.length / this.#ends.faults.bytesPerSecond) * 1_000;
    this.#held -= now.length;
    if (this.#held < mostBytesHeld) this.#ends.from.resume();
    this.#ends.onBytes(now.length);
    this.#draining = !this.#ends.to.write(now);
  }

  #most(): number {
    return Math.max(1, Math.floor((this.#ends.faults.bytesPerSecond * throttleStepMs) / 1_000));
  }
}

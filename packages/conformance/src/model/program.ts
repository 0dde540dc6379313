import { type Registration, serviceInstance, type ServiceInstance } from '@rollcall/core';
import { ConformanceError } from '../conformance-error.ts';
import type { Stage } from '../stage.ts';
import type { Bounds } from './bounds.ts';
import type { Claim } from './claim.ts';
import { isCrashed } from './holder.ts';
import type { Ledger } from './ledger.ts';
import { shown } from './may-stand.ts';
import { newSeat, type Seat, type SeatSource } from './seat.ts';
import { type Instant, isBefore } from './timeline.ts';
import { Transcript } from './transcript.ts';

/** How long a program waits for a call, in milliseconds of a clock that moves by itself, before it goes on beside it. */
const patienceMs = 300;

/** A call that has not settled, and when it must have. */
interface PendingCall {
  readonly what: string;
  readonly seat: Seat;
  readonly dueMs: number;
}

/** The services of every program: neighbours that a careless key mixes up (I1). */
export const serviceNames: readonly string[] = ['a', 'a/b', 'a%2Fb'];

/** Who takes part in a program. */
export interface Cast extends SeatSource {
  /** The clients that the commands speak of. */
  readonly seats: Seat[];
  /** One that is never disturbed, and looks at everything. */
  readonly observer: Seat;
}

/** One program at work: the clients and what they hold, the ledger of what they did, and the first promise that was broken. */
export class Program {
  readonly stage: Stage;
  readonly ledger: Ledger;
  readonly transcript: Transcript;
  readonly seats: Seat[];
  readonly observer: Seat;
  /** Every client that ever was. */
  readonly allSeats: Seat[];
  readonly handles: Map<Claim, Registration> = new Map();
  /** When the command that runs now began: what happened before it has arrived everywhere, where no time passes on the way. */
  began: Instant;
  readerCount = 0;
  readonly #source: SeatSource;
  readonly #pending = new Set<PendingCall>();
  #violation: { readonly error: unknown } | undefined;

  constructor(cast: Cast) {
    const { stage, ledger, seats, observer } = cast;
    this.#source = cast;
    this.stage = stage;
    this.ledger = ledger;
    this.seats = seats;
    this.observer = observer;
    this.allSeats = [...seats, observer];
    this.transcript = new Transcript(() => stage.now);
    this.began = ledger.timeline.note();
  }

  get bounds(): Bounds {
    return this.ledger.bounds;
  }

  /** Somebody new sits down where `seat` was, if it still is the seat's. */
  async replace(seat: Seat): Promise<void> {
    const index = this.seats.indexOf(seat);
    if (index < 0) return;
    const next = await newSeat(this.#source);
    this.allSeats.push(next);
    this.seats[index] = next;
  }

  seat(index: number): Seat {
    const seat = this.seats[index % this.seats.length];
    if (seat === undefined) throw new RangeError('a program has clients');
    return seat;
  }

  seatOf(claim: Claim): Seat | undefined {
    return this.allSeats.find((seat) => seat.holder === claim.holder);
  }

  /** Registrations whose handle somebody holds: their client lives and its registry is open. */
  held(): readonly Claim[] {
    return [...this.handles.keys()].filter((claim) => this.seatOf(claim)?.life === 'working');
  }

  /** Remembers the first promise that was broken; the command that runs now fails with it. */
  violated(error: unknown): void {
    this.#violation ??= { error };
  }

  /** Runs `check`, which throws if a promise is broken, where nobody would catch it. */
  guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.violated(error);
    }
  }

  /** Asks every owner what it believes of its lease, so that the ledger knows it now. */
  sample(): void {
    for (const [claim, registration] of this.handles)
      if (claim.grant !== undefined && !isCrashed(claim.holder))
        this.ledger.believed(claim, registration.lease.remainingMs);
  }

  /** Follows a call. The promise must settle within the call's bound, if it has one (E3). */
  follow<T>(
    { what, seat, boundMs }: { readonly what: string; readonly seat: Seat; readonly boundMs: number },
    promise: Promise<T>,
    then: { readonly resolved: (value: T) => void; readonly rejected: (error: unknown) => void },
  ): Promise<void> {
    const call: PendingCall = {
      what,
      seat,
      dueMs: this.stage.now + boundMs + this.bounds.slackMs + this.bounds.grainMs,
    };
    this.#pending.add(call);
    const settle = (judge: () => void): void => {
      this.#pending.delete(call);
      if (seat.life !== 'dead') this.guard(judge);
    };
    return promise.then(
      (value) => settle(() => then.resolved(value)),
      (error: unknown) => settle(() => then.rejected(error)),
    );
  }

  /** Waits for a call where time passes by itself, and not for long. */
  async wait(call: Promise<unknown>): Promise<void> {
    if (!this.bounds.isHandMoved) await Promise.race([call, this.stage.world.elapse(patienceMs)]);
  }

  /** One command: it starts what it starts, and what can happen now happens. Throws the first promise that was broken. */
  async perform(line: string, start: () => Promise<unknown>): Promise<void> {
    this.began = this.ledger.timeline.note();
    this.transcript.command(line);
    await start();
    await this.stage.settle();
    this.check();
  }

  /** Throws the first promise that was broken. */
  check(): void {
    this.#checkPending();
    if (this.#violation !== undefined) throw this.#violation.error;
  }

  /** An instance that is told apart from every other one of this program. */
  instance(service: string, id: string, metadata: Readonly<Record<string, string>>): ServiceInstance {
    const number = Number(metadata['registration']);
    return serviceInstance({ service, id, endpoints: [`http://10.0.0.${(number % 200) + 1}:8080`], metadata });
  }

  #checkPending(): void {
    for (const { what, seat, dueMs } of this.#pending) {
      if (seat.life === 'dead' || this.stage.now <= dueMs) continue;
      throw new ConformanceError(
        `E3: ${what} has not settled by ${shown(this.stage.now)}, past its bound at ${shown(dueMs)}`,
      );
    }
  }
}

/** The later of two instants. */
export function later(a: Instant, b: Instant): Instant {
  return isBefore(a, b) ? b : a;
}

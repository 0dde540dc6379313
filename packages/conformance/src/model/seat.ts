import { seededRandom } from '../seeded-random.ts';
import type { Actor, Stage } from '../stage.ts';
import type { Holder } from './holder.ts';
import type { Ledger } from './ledger.ts';
import type { ProgramReader } from './program-reader.ts';

/** A client at work. When it crashes or its registry closes, a new one takes its place. */
export interface Seat {
  readonly actor: Actor;
  readonly holder: Holder;
  readonly readers: ProgramReader[];
  /** `closing`: its registry was closed; `dead`: it crashed, and whatever its handles say is nobody's business. */
  life: 'working' | 'closing' | 'dead';
}

/** Where the clients of one program come from. */
export interface SeatSource {
  readonly stage: Stage;
  readonly ledger: Ledger;
  /** From which each draws its jitter. */
  readonly seed: number;
}

/** A new client with a connection of its own. */
export async function newSeat({ stage, ledger, seed }: SeatSource): Promise<Seat> {
  const holder = ledger.holder();
  const actor = await stage.actor({ random: seededRandom(seed * 1_000 + holder.number) });
  return { actor, holder, readers: [], life: 'working' };
}

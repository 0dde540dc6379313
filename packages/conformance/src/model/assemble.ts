import { callTimeoutMs, type Stage } from '../stage.ts';
import { boundsOf } from './bounds.ts';
import { Ledger } from './ledger.ts';
import { Program, serviceNames } from './program.ts';
import { newSeat, type Seat } from './seat.ts';
import { watch } from './watching.ts';

/** How many clients a program has, beside the one that only looks. */
const seatCount = 3;

/** A program before its first command: its clients, and an observer who watches every service and is never disturbed. */
export async function assemble(stage: Stage, seed: number, latencyMs: number): Promise<Program> {
  const { ttlMs, lagMs, watchDelayMs, capabilities } = stage;
  // There and back.
  const slackMs = stage.slackMs + 2 * latencyMs;
  const isHandMoved = stage.slackMs === 0;
  const { fencing } = capabilities;
  const bounds = boundsOf({ ttlMs, lagMs, slackMs, isHandMoved, callTimeoutMs, watchDelayMs, fencing });
  const source = { stage, ledger: new Ledger(bounds, () => stage.now), seed };
  const seats: Seat[] = [];
  for (let count = 0; count < seatCount; count += 1) seats.push(await newSeat(source));
  const program = new Program({ ...source, seats, observer: await newSeat(source) });
  for (const service of serviceNames) watch(program, program.observer, service, 'eager');
  await stage.settle();
  return program;
}

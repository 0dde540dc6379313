import type { ServiceInstance } from '@rollcall/core';
import { isDeepStrictEqual } from 'node:util';
import { ConformanceError } from '../conformance-error.ts';
import { healedWithinMs, reopenedWithinMs } from './bounds.ts';
import { checkpoint } from './checkpoint.ts';
import { type Claim, isOpen } from './claim.ts';
import { isCrashed } from './holder.ts';
import { named } from './judge.ts';
import { endRegistry, isCut, restore } from './mishaps.ts';
import { type Program, serviceNames } from './program.ts';
import type { Seat } from './seat.ts';

/** Everything is repaired, and time passes: what is open has healed, and everybody sees the same (L6, W4, W6). */
export async function comeToRest(program: Program): Promise<void> {
  const { bounds, stage } = program;
  await program.perform('everything is restored', () =>
    Promise.all(program.seats.filter(isCut).map((seat) => restore(program, seat))),
  );
  const longestTtlMs = Math.max(bounds.ttlMs, ...program.ledger.claims.map((claim) => claim.ttlMs));
  const restMs =
    longestTtlMs +
    bounds.lagMs +
    healedWithinMs(bounds, longestTtlMs) +
    2 * bounds.callTimeoutMs +
    reopenedWithinMs(bounds);
  for (const partMs of [restMs / 2, restMs / 2]) {
    await program.perform(`${Math.round(partMs)} ms pass`, () => stage.world.elapse(partMs));
    await checkpoint(program);
  }
  await checkRest(program);
}

/** Every client says goodbye: nothing is left (C2, R7). */
export async function sayGoodbye(program: Program): Promise<void> {
  const { bounds, stage } = program;
  await program.perform('every client closes its registry', () =>
    stage.settled(
      'C2: closing every registry',
      Promise.all(program.seats.map((seat) => endRegistry(program, seat))),
      2 * bounds.callTimeoutMs,
    ),
  );
  await checkpoint(program);
  for (const service of serviceNames) {
    const left = await listed(program, program.observer, service);
    if (left.length > 0)
      throw new ConformanceError(
        `C2: every registry is closed, and ${named(left[0] ?? { service, id: '' })} is still listed`,
      );
  }
  for (const seat of program.allSeats)
    for (const { type } of seat.actor.diagnostics)
      if (type === 'callback-failed')
        throw new ConformanceError(`E4: a callback of the program's is said to have thrown`);
}

async function checkRest(program: Program): Promise<void> {
  const { ledger, handles, seats } = program;
  for (const [claim, registration] of handles) {
    if (!isOpen(claim) || isCrashed(claim.holder) || registration.state === 'active') continue;
    throw new ConformanceError(`R6: nothing stands in the way of #${claim.number}, and it is ${registration.state}`);
  }
  for (const key of serviceNames.flatMap((service) => ledger.keysOf(service))) checkSuccession(ledger.claimsOf(key));
  for (const service of serviceNames) {
    const open = [...handles].filter(
      ([claim]) => isOpen(claim) && !isCrashed(claim.holder) && claim.key.service === service,
    );
    const expected = open.map(([, registration]) => registration.instance).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    for (const seat of seats) {
      const instances = await listed(program, seat, service);
      if (isDeepStrictEqual(instances, expected)) continue;
      const list = instances.map(
        (instance) => `#${instance.metadata['registration']} v${instance.metadata['version']}`,
      );
      throw new ConformanceError(
        `R8: at rest, client ${seat.holder.number} listed [${list.join(', ')}] in ${JSON.stringify(service)}, ` +
          `and the open registrations are [${open.map(([claim]) => `#${claim.number}`).join(', ')}]`,
      );
    }
  }
  program.check();
}

function listed({ stage, bounds }: Program, seat: Seat, service: string): Promise<readonly ServiceInstance[]> {
  return stage.settled('E3: a list at rest', seat.actor.registry.list(service), 2 * bounds.callTimeoutMs);
}

/** Whoever was superseded was so by somebody: not everybody can have been (R3). */
function checkSuccession(claims: readonly Claim[]): void {
  const tried = claims.filter(({ outcome }) => outcome.kind !== 'refused');
  const [first] = tried;
  if (first === undefined || !tried.every(({ ending }) => ending?.kind === 'superseded')) return;
  throw new ConformanceError(`R3: every owner of ${named(first.key)} is closed as superseded, and by nobody`);
}

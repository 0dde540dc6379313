import type { InstancePatch } from '@rollcall/core';
import { close, update } from './calls-owner.ts';
import { list, services } from './calls-reader.ts';
import { register, type RegisterRequest } from './calls-register.ts';
import { type Claim, isOpen, type Key } from './claim.ts';
import type { Ledger } from './ledger.ts';
import { closeRegistry, crash, cut, isCut, outage, remove, restore, wipe } from './mishaps.ts';
import type { Program } from './program.ts';
import type { ProgramReader } from './program-reader.ts';
import type { Seat } from './seat.ts';
import { watch } from './watching.ts';

/** One thing that a program does: alone, or beside another at the same time. */
export interface Step {
  readonly label: string;
  readonly isPossible: (program: Program) => boolean;
  readonly start: (program: Program) => Promise<unknown>;
}

/** Most readers that one client has. */
const readersPerSeat = 4;

/** A call that need not settle before the next command: what it promises is checked when it does. */
function call(label: string, start: Step['start'], isPossible: Step['isPossible'] = () => true): Step {
  return {
    label,
    isPossible,
    start: (program) => program.wait(start(program).catch((error: unknown) => program.violated(error))),
  };
}

export function registerStep(seat: number, request: RegisterRequest): Step {
  const { key, terms, abortAfterTurns } = request;
  const extras = [
    terms.onConflict === 'reject' && "onConflict 'reject'",
    terms.onUnavailable === 'retry' && "onUnavailable 'retry'",
    terms.onLost === 'close' && "onLost 'close'",
    abortAfterTurns !== undefined && `aborted after ${abortAfterTurns} turns`,
  ].filter((extra) => extra !== false);
  return call(`seat ${seat} registers ${entry(key)}${extras.map((extra) => `, ${extra}`).join('')}`, (program) =>
    register(program, program.seat(seat), request),
  );
}

export function updateStep(pick: number, patch: InstancePatch): Step {
  return onClaim(`updates ${Object.keys(patch).join(' and ')} of`, pick, (program, seat, claim) =>
    update(program, seat, claim, patch),
  );
}

export function closeStep(pick: number): Step {
  return onClaim('closes', pick, close);
}

/** Something done by its owner to the `pick`th registration that somebody holds, counted from the newest. */
function onClaim(verb: string, pick: number, act: (program: Program, seat: Seat, claim: Claim) => Promise<void>): Step {
  return call(
    `the owner ${verb} registration ${pick} from the newest`,
    async (program) => {
      const claim = choice(held(program), pick);
      const seat = claim === undefined ? undefined : program.seatOf(claim);
      if (claim === undefined || seat === undefined) return;
      program.transcript.event(`this is #${claim.number}`);
      await act(program, seat, claim);
    },
    (program) => program.held().length > 0,
  );
}

/** From the newest to the oldest, the open ones first. */
function held(program: Program): readonly Claim[] {
  const claims = program.held().toReversed();
  return [...claims.filter(isOpen), ...claims.filter((claim) => !isOpen(claim))];
}

export function listStep(seat: number, service: string): Step {
  return call(`seat ${seat} lists ${JSON.stringify(service)}`, (program) => list(program, program.seat(seat), service));
}

export function servicesStep(seat: number): Step {
  return call(`seat ${seat} asks for the services`, (program) => services(program, program.seat(seat)));
}

export function watchStep(seat: number, service: string, pace: ProgramReader['pace']): Step {
  return {
    label: `seat ${seat} watches ${JSON.stringify(service)} with ${pace === 'slow' ? 'a slow' : 'an eager'} reader`,
    isPossible: (program) => program.seat(seat).readers.length < readersPerSeat,
    start: async (program) => {
      const reader = watch(program, program.seat(seat), service, pace);
      if (pace === 'slow') void reader.read();
    },
  };
}

export function readStep(): Step {
  return {
    label: 'every slow reader reads once',
    isPossible: (program) => slowReaders(program).length > 0,
    start: async (program) => {
      for (const reader of slowReaders(program)) void reader.read();
    },
  };
}

function slowReaders({ seats }: Program): readonly ProgramReader[] {
  return seats.flatMap(({ readers }) => readers).filter(({ pace }) => pace === 'slow');
}

export function unwatchStep(pick: number): Step {
  return {
    label: `watcher ${pick} from the newest is ended`,
    isPossible: (program) => openReaders(program).length > 0,
    start: async (program) => choice(openReaders(program).toReversed(), pick)?.end(),
  };
}

function openReaders({ seats }: Program): readonly ProgramReader[] {
  return seats.flatMap(({ readers }) => readers).filter(({ isEnding }) => !isEnding);
}

export function cutStep(seat: number): Step {
  return {
    label: `seat ${seat} is cut off`,
    isPossible: (program) => !isCut(program.seat(seat)),
    start: (program) => cut(program, program.seat(seat)),
  };
}

/** Cut off for a share of T, and back. */
export function outageStep(seat: number, share: Share): Step {
  return {
    label: `seat ${seat} is cut off for ${share.name}`,
    isPossible: (program) => !isCut(program.seat(seat)),
    start: (program) => outage(program, program.seat(seat), program.bounds.ttlMs * share.of),
  };
}

/** The `pick`th of the clients that are cut off. */
export function restoreStep(pick: number): Step {
  return {
    label: `client ${pick} of those cut off is restored`,
    isPossible: (program) => cutOff(program).length > 0,
    start: async (program) => {
      const seat = choice(cutOff(program), pick);
      if (seat !== undefined) await restore(program, seat);
    },
  };
}

function cutOff({ seats }: Program): readonly Seat[] {
  return seats.filter(isCut);
}

export function crashStep(seat: number): Step {
  return step(`seat ${seat} crashes, and a new client takes it`, (program) => crash(program, program.seat(seat)));
}

export function closeRegistryStep(seat: number): Step {
  return step(`seat ${seat} closes its registry, and a new client takes it`, (program) =>
    closeRegistry(program, program.seat(seat)),
  );
}

export function removeStep(how: 'remove' | 'corrupt', key: Key): Step {
  const verb = how === 'remove' ? 'removed' : 'made unreadable';
  return step(`${entry(key)} is ${verb} behind its owner's back`, (program) => remove(program, how, key));
}

export function wipeStep(): Step {
  return step('every entry is wiped', wipe);
}

/** A share of T. */
export interface Share {
  readonly name: string;
  readonly of: number;
}

/** A stretch of time as a share of T and some milliseconds. */
export function elapseStep(share: Share, plusMs: number): Step {
  const ms = (program: Program): number => Math.max(0, program.bounds.ttlMs * share.of + plusMs);
  return step(
    `${[share.of > 0 && share.name, plusMs !== 0 && `${plusMs} ms`].filter(Boolean).join(' + ') || 'no time'} pass`,
    (program) => program.stage.world.elapse(ms(program)),
  );
}

/** Time passes until shortly before or after a lease ends, as its owner believes or believed last. */
export function deadlineStep(pick: number, offset: 'before' | 'after'): Step {
  return step(`time passes until shortly ${offset} the end of lease ${pick} from the newest`, async (program) => {
    const { ledger, stage, bounds } = program;
    program.sample();
    const deadlineMs = choice(deadlines(ledger).toReversed(), pick);
    if (deadlineMs === undefined) return;
    const marginMs = 2 * bounds.grainMs + bounds.slackMs;
    const targetMs = offset === 'before' ? deadlineMs - marginMs : deadlineMs + bounds.lagMs + marginMs;
    if (targetMs > stage.now) await stage.world.elapse(targetMs - stage.now);
  });
}

/** Time passes until an owner is told of a change, if that is soon: what comes next, comes while it is dealt with. */
export function changeStep(): Step {
  return step('time passes until an owner is told of a change', async ({ ledger, stage, bounds }) => {
    const states = (): string => ledger.claims.map(({ state }) => state).join();
    const before = states();
    const stepMs = bounds.isHandMoved ? 25 : 100;
    for (let leftMs = bounds.ttlMs / 2; leftMs > 0 && states() === before; leftMs -= stepMs)
      await stage.world.elapse(stepMs);
  });
}

function deadlines({ claims, timeline }: Ledger): readonly number[] {
  return claims.flatMap(({ grant }) =>
    grant !== undefined && grant.believedUntilMs > timeline.now ? [grant.believedUntilMs] : [],
  );
}

function step(name: string, start: Step['start']): Step {
  return { label: name, isPossible: () => true, start };
}

function choice<T>(from: readonly T[], pick: number): T | undefined {
  return from.length === 0 ? undefined : from[pick % from.length];
}

function entry({ service, id }: Key): string {
  return `${JSON.stringify(service)} / ${JSON.stringify(id)}`;
}

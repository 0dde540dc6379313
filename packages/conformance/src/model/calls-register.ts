import { type Registration, type RegistrationStateChange, RegistryError } from '@rollcall/core';
import { ConformanceError } from '../conformance-error.ts';
import { assertSame } from '../assert-same.ts';
import { type Claim, type ClaimTerms, type Key } from './claim.ts';
import { isInReachSince } from './holder.ts';
import { look } from './calls-reader.ts';
import { named } from './judge.ts';
import { mayNotStand, shown } from './may-stand.ts';
import type { Program } from './program.ts';
import type { Seat } from './seat.ts';
import { stamp } from './stamp.ts';
import { noteChange } from './state-laws.ts';
import { isBefore } from './timeline.ts';
import { told } from './told.ts';

/** When the caller of a register gives up: so many turns of the event loop's microtasks after the call. */
export interface RegisterRequest {
  readonly key: Key;
  readonly terms: ClaimTerms;
  readonly abortAfterTurns: number | undefined;
}

/** Registers, and keeps the handle. Resolves when the call has settled. */
export async function register(program: Program, seat: Seat, request: RegisterRequest): Promise<void> {
  const { ledger, bounds } = program;
  const { key, terms, abortAfterTurns } = request;
  const { service, id } = key;
  const giveUp = new AbortController();
  const claim = ledger.claim(seat.holder, terms, (number) => program.instance(service, id, stamp(number, 0)));
  const what = `the registration #${claim.number} of ${named(key)} by client ${seat.holder.number}`;
  program.transcript.event(`#${claim.number} is asked for by client ${seat.holder.number}`);
  const call = seat.actor.registry.register(claim.versions[0]?.instance ?? { service, id, endpoints: [] }, {
    ...terms,
    ttlMs: bounds.ttlMs,
    onStateChange: (change) => onStateChange(program, claim, change),
    ...(abortAfterTurns === undefined ? {} : { signal: giveUp.signal }),
  });
  const settled = program.follow({ what, seat, boundMs: boundMs(program, request) }, call, {
    resolved: (registration) => onRegistered(program, claim, registration),
    rejected: (error) => onRejected(program, seat, claim, { error, giveUp: giveUp.signal }),
  });
  if (abortAfterTurns !== undefined) {
    for (let turn = 0; turn < abortAfterTurns; turn += 1) await Promise.resolve();
    giveUp.abort(new Error(`#${claim.number} was given up`));
  }
  await settled;
}

function boundMs({ bounds }: Program, { terms, abortAfterTurns }: RegisterRequest): number {
  if (abortAfterTurns !== undefined) return 0;
  return terms.onUnavailable === 'retry' ? Infinity : bounds.callTimeoutMs;
}

function onRegistered(program: Program, claim: Claim, registration: Registration): void {
  const { ledger, bounds } = program;
  const { number } = claim;
  program.transcript.event(`#${number} is registered`);
  program.handles.set(claim, registration);
  ledger.registered(claim, registration.lease.ttlMs);
  program.sample();
  look(program, claim.key.service);
  assertSame(
    registration.instance,
    claim.versions[0]?.instance,
    `I7: the instance of #${number} is what was asked for`,
  );
  if (registration.lease.ttlMs < bounds.ttlMs)
    throw new ConformanceError(
      `L1: #${number} was granted ${registration.lease.ttlMs} ms, less than ${bounds.ttlMs} ms`,
    );
  assertSame(registration.state, claim.state, `L7: the state of #${number} is what its owner was told`);
}

function onRejected(
  program: Program,
  seat: Seat,
  claim: Claim,
  { error, giveUp }: { readonly error: unknown; readonly giveUp: AbortSignal },
): void {
  const { ledger, bounds } = program;
  program.transcript.event(`#${claim.number} is not registered: ${told(error)}`);
  const failed = `the registration #${claim.number} failed at ${shown(program.stage.now)} with ${told(error)}`;
  if (RegistryError.is(error, 'INSTANCE_ALREADY_REGISTERED')) {
    ledger.notRegistered(claim, 'refused');
    const now = ledger.timeline.note();
    const others = ledger.rivalsOf(claim).filter((rival) => isBefore(rival.called, now));
    const standing = others.filter((rival) => mayNotStand(ledger, rival, claim.called, now) === undefined);
    if (claim.terms.onConflict === 'replace' || standing.length === 0)
      throw new ConformanceError(`R4: ${failed}, although nobody else's entry can have stood in its way`);
    return;
  }
  ledger.notRegistered(claim, 'failed');
  if (giveUp.aborted && error === giveUp.reason) return;
  if (seat.life === 'closing' && RegistryError.is(error, 'REGISTRY_CLOSED')) return;
  if (!RegistryError.is(error, 'REGISTRY_UNAVAILABLE')) throw new ConformanceError(`E1: ${failed}`, { cause: error });
  if (isInReachSince(seat.holder, claim.called, bounds.recoveryMs))
    throw new ConformanceError(`E3: ${failed}, although the backend was in reach`, { cause: error });
}

function onStateChange(program: Program, claim: Claim, change: RegistrationStateChange): void {
  if (program.seatOf(claim)?.life === 'dead') return;
  const { from, to, cause } = change;
  program.transcript.event(`#${claim.number} ${from} → ${to}${cause === undefined ? '' : `: ${told(cause)}`}`);
  program.guard(() => {
    const began = program.bounds.isExact
      ? program.began
      : program.ledger.timeline.since(program.stage.now - roundTripMs(program, claim));
    const remainingMs = program.handles.get(claim)?.lease.remainingMs;
    noteChange(program.ledger, claim, change, { from: began, remainingMs });
    checkLease(program, claim, change);
  });
}

/** The lease's signal tells first (L8), and the handle agrees with what its owner is told. */
function checkLease(program: Program, claim: Claim, { to }: RegistrationStateChange): void {
  const registration = program.handles.get(claim);
  if (registration === undefined) return;
  const { lease, state } = registration;
  const isOver = to === 'lost' || to === 'closed';
  const at = `at ${shown(program.stage.now)}`;
  if (lease.signal.aborted !== isOver)
    throw new ConformanceError(
      `L8: #${claim.number} became ${to} ${at}, and its lease's signal is ${isOver ? 'not ' : ''}aborted`,
    );
  if (isOver && lease.remainingMs !== 0)
    throw new ConformanceError(
      `L5: #${claim.number} became ${to} ${at}, and believes in its lease for ${shown(lease.remainingMs)}`,
    );
  // `onLost: 'close'` goes through `lost` without a stop.
  if (state !== to && !(to === 'lost' && state === 'closed'))
    throw new ConformanceError(`L7: #${claim.number} was told that it is ${to} ${at}, and its state is ${state}`);
}

/** How long ago what a renewal is answered with may have been true. */
function roundTripMs({ bounds }: Program, claim: Claim): number {
  return Math.min(bounds.callTimeoutMs, claim.ttlMs / 6) + bounds.slackMs;
}

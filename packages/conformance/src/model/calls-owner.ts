import { type InstancePatch, type Registration, RegistryError, serviceInstance } from '@rollcall/core';
import { assertSame } from '../assert-same.ts';
import { ConformanceError } from '../conformance-error.ts';
import { look } from './calls-reader.ts';
import { told } from './told.ts';
import { type Claim, isOpen } from './claim.ts';
import { isInReachSince } from './holder.ts';
import { shown } from './may-stand.ts';
import type { Program } from './program.ts';
import { wasRemovedSince, writersOver } from './rivalry.ts';
import type { Seat } from './seat.ts';
import { stamp } from './stamp.ts';
import type { Instant } from './timeline.ts';

/** Changes the instance of a registration, open or not. Resolves when the call has settled. */
export async function update(program: Program, seat: Seat, claim: Claim, patch: InstancePatch): Promise<void> {
  const registration = program.handles.get(claim);
  if (registration === undefined) return;
  if (!isOpen(claim)) return updateClosed(program, seat, claim, { registration, patch });
  const { ledger, bounds } = program;
  let stamped: InstancePatch = patch;
  const version = ledger.updating(claim, (number) => {
    stamped = { ...patch, metadata: stamp(claim.number, number) };
    return serviceInstance({ ...registration.instance, ...stamped });
  });
  const called = ledger.timeline.note();
  const what = `the update of #${claim.number} to version ${version}`;
  const call = registration.update(stamped);
  program.guard(() =>
    assertSame(
      registration.instance,
      claim.versions[version]?.instance,
      `R5: ${what} takes effect on its instance at the call`,
    ),
  );
  await program.follow({ what, seat, boundMs: bounds.callTimeoutMs }, call, {
    resolved: () => {
      program.transcript.event(`#${claim.number} is updated to version ${version}`);
      ledger.updated(claim, version);
      look(program, claim.key.service);
    },
    rejected: (error) => {
      program.transcript.event(`#${claim.number} is not updated to version ${version}: ${told(error)}`);
      if (!mayFail(program, claim, called))
        throw new ConformanceError(
          `R5: ${what} failed at ${shown(program.stage.now)} with ${told(error)}, although nothing stood in its way`,
          { cause: error },
        );
    },
  });
}

async function updateClosed(
  program: Program,
  seat: Seat,
  claim: Claim,
  { registration, patch }: { readonly registration: Registration; readonly patch: InstancePatch },
): Promise<void> {
  const what = `an update of #${claim.number}, which is closed,`;
  await program.follow({ what, seat, boundMs: 0 }, registration.update(patch), {
    resolved: () => {
      throw new ConformanceError(`R5: ${what} resolved`);
    },
    rejected: (error) => {
      if (RegistryError.is(error, 'LEASE_NOT_FOUND') || RegistryError.is(error, 'REGISTRY_CLOSED')) return;
      throw new ConformanceError(`R5: ${what} rejected with ${told(error)}`, { cause: error });
    },
  });
}

/** Whether the write of an update may have met anything but an open way and its own entry. */
function mayFail({ ledger, bounds }: Program, claim: Claim, called: Instant): boolean {
  const { grant, holder } = claim;
  if (!isOpen(claim) || grant === undefined || grant.done.seq > called.seq) return true;
  const now = ledger.timeline.note();
  return (
    !isInReachSince(holder, called, bounds.recoveryMs) ||
    wasRemovedSince(ledger, claim, grant.called) ||
    writersOver(ledger, claim, grant, now).length > 0
  );
}

/** Closes a registration. Resolves when the call has settled. */
export async function close(program: Program, seat: Seat, claim: Claim): Promise<void> {
  const registration = program.handles.get(claim);
  if (registration === undefined) return;
  const { ledger, bounds } = program;
  const wasOver = claim.ending !== undefined;
  program.sample();
  if (!wasOver) ledger.closing(claim);
  const called = ledger.timeline.note();
  const what = `the goodbye of #${claim.number}`;
  const call = registration.close();
  program.guard(() => {
    if (registration.state !== 'closed')
      throw new ConformanceError(`R7: ${what} left it ${registration.state}, not closed`);
    if (!registration.lease.signal.aborted) throw new ConformanceError(`R7: ${what} did not abort its lease's signal`);
  });
  await program.follow({ what, seat, boundMs: bounds.callTimeoutMs }, call, {
    resolved: () => {
      program.transcript.event(`#${claim.number} is deregistered`);
      ledger.closed(claim);
      look(program, claim.key.service);
    },
    rejected: (error) => {
      program.transcript.event(`#${claim.number} is not deregistered: ${told(error)}`);
      ledger.notClosed(claim);
      if (isInReachSince(seat.holder, called, bounds.recoveryMs))
        throw new ConformanceError(
          `R7: ${what} failed at ${shown(program.stage.now)} with ${told(error)}, although the backend was in reach`,
          { cause: error },
        );
    },
  });
}

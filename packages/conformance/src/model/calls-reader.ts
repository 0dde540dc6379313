import { RegistryError } from '@rollcall/core';
import { ConformanceError } from '../conformance-error.ts';
import { isInReachSince, isOutOfReach } from './holder.ts';
import { judge, judgeServices } from './judge.ts';
import { shown } from './may-stand.ts';
import type { Program } from './program.ts';
import type { Seat } from './seat.ts';
import { told } from './told.ts';
import type { Instant } from './timeline.ts';

/** Lists one service, and holds what comes against what can stand. Resolves when the call has settled. */
export async function list(program: Program, seat: Seat, service: string): Promise<void> {
  const who = `client ${seat.holder.number} listed`;
  await ask(program, seat, `${who} ${JSON.stringify(service)}`, {
    call: () => seat.actor.registry.list(service),
    judge: (instances, from, to) => judge(program.ledger, { who, service, instances, from, to }),
  });
}

/** The observer lists one service in the very moment in which somebody was told that something is so (R1). */
export function look(program: Program, service: string): void {
  list(program, program.observer, service).catch((error: unknown) => program.violated(error));
}

/** Asks for the names of the services. Resolves when the call has settled. */
export async function services(program: Program, seat: Seat): Promise<void> {
  const who = `client ${seat.holder.number} was told`;
  await ask(program, seat, `client ${seat.holder.number} asked for the services`, {
    call: () => seat.actor.registry.services(),
    judge: (names, from, to) => judgeServices(program.ledger, names, { who, from, to }),
  });
}

async function ask<T>(
  program: Program,
  seat: Seat,
  did: string,
  {
    call,
    judge: judgeAnswer,
  }: { readonly call: () => Promise<T>; readonly judge: (answer: T, from: Instant, to: Instant) => void },
): Promise<void> {
  const { ledger, bounds } = program;
  const from = ledger.timeline.note();
  await program.follow({ what: did, seat, boundMs: bounds.callTimeoutMs }, call(), {
    resolved: (answer) => {
      const to = ledger.timeline.note();
      if (isOutOfReach(seat.holder, from, to))
        throw new ConformanceError(
          `D2: ${did} and got ${JSON.stringify(answer)}, although it was cut off all the time`,
        );
      program.sample();
      judgeAnswer(answer, from, to);
    },
    rejected: (error) => {
      if (seat.life === 'closing' && RegistryError.is(error, 'REGISTRY_CLOSED')) return;
      const failed = `${did}, and it failed at ${shown(program.stage.now)} with ${told(error)}`;
      if (!RegistryError.is(error, 'REGISTRY_UNAVAILABLE'))
        throw new ConformanceError(`E1: ${failed}`, { cause: error });
      if (isInReachSince(seat.holder, from, bounds.recoveryMs))
        throw new ConformanceError(`D1: ${failed}, although the backend was in reach`, { cause: error });
    },
  });
}

import type { InstancePatch } from '@rollcall/core';
import type { BackendCapabilities } from '@rollcall/core/driver';
import fc from 'fast-check';
import type { RegisterRequest } from './calls-register.ts';
import { checkpoint } from './checkpoint.ts';
import type { Key } from './claim.ts';
import { type Program, serviceNames } from './program.ts';
import {
  changeStep,
  closeRegistryStep,
  closeStep,
  crashStep,
  cutStep,
  deadlineStep,
  elapseStep,
  listStep,
  outageStep,
  readStep,
  registerStep,
  removeStep,
  restoreStep,
  servicesStep,
  type Share,
  type Step,
  unwatchStep,
  updateStep,
  watchStep,
  wipeStep,
} from './steps.ts';

// Neighbours that a careless key mixes up: `a` + `b/x` and `a/b` + `x` are two entries of two services (I1).
const keys: readonly Key[] = [
  { service: 'a', id: 'x' },
  { service: 'a', id: 'b/x' },
  { service: 'a', id: 'y' },
  { service: 'a/b', id: 'x' },
  { service: 'a%2Fb', id: 'x' },
];

/** One command: a step, or two at the same time, and then everything that must hold. */
class ProgramCommand implements fc.AsyncCommand<object, Program> {
  readonly #steps: readonly Step[];

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  check(): boolean {
    return true;
  }

  async run(_model: object, program: Program): Promise<void> {
    const steps = this.#steps.filter((step) => step.isPossible(program));
    if (steps.length === 0) return;
    const line = steps.map(({ label }) => label).join(', while ');
    await program.perform(line, () => Promise.all(steps.map((step) => step.start(program))));
    await checkpoint(program);
  }

  toString(): string {
    return this.#steps.map(({ label }) => label).join(', while ');
  }
}

/** Any command that a backend with these capabilities understands. */
export function anyCommand({ conflict }: BackendCapabilities): fc.Arbitrary<fc.AsyncCommand<object, Program>> {
  const alone = fc.oneof(
    { weight: 8, arbitrary: anyRegister(conflict, anyKey) },
    { weight: 5, arbitrary: anyUpdate },
    { weight: 3, arbitrary: anyClose },
    { weight: 10, arbitrary: anyElapse },
    { weight: 7, arbitrary: anyFault },
    { weight: 3, arbitrary: anyRemoval },
    { weight: 6, arbitrary: anyReading },
  );
  return fc.oneof(
    { weight: 6, arbitrary: alone.map((step) => new ProgramCommand([step])) },
    { weight: 1, arbitrary: anyRace(conflict).map((steps) => new ProgramCommand(steps)) },
  );
}

const anySeat = fc.nat(2);
const anyService = fc.constantFrom(...serviceNames);
const anyPick = fc.nat(3);
// The first key more often than the others, so that takeovers are frequent.
const anyKey = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...keys.slice(0, 1)) },
  { weight: 3, arbitrary: fc.constantFrom(...keys) },
);

function anyRegister(conflict: BackendCapabilities['conflict'], key: fc.Arbitrary<Key>): fc.Arbitrary<Step> {
  const request: fc.Arbitrary<RegisterRequest> = fc.record({
    key,
    terms: fc.record({
      onConflict: fc.constantFrom(...conflict),
      onUnavailable: often('reject', 'retry'),
      onLost: often('reregister', 'close'),
    }),
    abortAfterTurns: fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(24) }),
  });
  return fc.tuple(anySeat, request).map(([seat, asked]) => registerStep(seat, asked));
}

function often<T>(usual: T, rare: T): fc.Arbitrary<T> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constant(rare) });
}

const anyPatch: fc.Arbitrary<InstancePatch> = fc.oneof(
  fc.nat(65_535).map((weight) => ({ weight })),
  fc
    .constantFrom('starting' as const, 'up' as const, 'draining' as const, 'out-of-service' as const)
    .map((status) => ({ status })),
  fc.constantFrom('http://10.1.1.1:81', 'grpc://[::1]:9081').map((endpoint) => ({ endpoints: [endpoint] })),
  fc.constantFrom('blue', '').map((zone) => ({ zone, version: undefined })),
);
const anyUpdate = fc.tuple(anyPick, anyPatch).map(([pick, patch]) => updateStep(pick, patch));
const anyClose = anyPick.map(closeStep);

const shares: readonly Share[] = [
  { name: 'T/12', of: 1 / 12 },
  { name: 'T/6', of: 1 / 6 },
  { name: 'T/3', of: 1 / 3 },
  { name: 'T/2', of: 1 / 2 },
  { name: 'T', of: 1 },
];
const anyElapse = fc.oneof(
  { weight: 1, arbitrary: fc.constant(changeStep()) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...shares), fc.constantFrom(0, -1, 1))
      .map(([share, plus]) => elapseStep(share, plus)),
  },
  { weight: 1, arbitrary: fc.constantFrom(1, 499, 501, 999, 1_001).map((ms) => elapseStep({ name: '', of: 0 }, ms)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(anyPick, fc.constantFrom('before' as const, 'after' as const))
      .map(([pick, offset]) => deadlineStep(pick, offset)),
  },
);

const outages: readonly Share[] = [...shares, { name: '5T/6', of: 5 / 6 }];
const anyFault = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(anySeat, fc.constantFrom(...outages)).map(([seat, share]) => outageStep(seat, share)),
  },
  { weight: 3, arbitrary: anySeat.map(crashStep) },
  { weight: 4, arbitrary: anySeat.map(cutStep) },
  { weight: 4, arbitrary: anySeat.map(restoreStep) },
  { weight: 1, arbitrary: anySeat.map(closeRegistryStep) },
);
const anyRemoval = fc.oneof(
  { weight: 3, arbitrary: anyKey.map((key) => removeStep('remove', key)) },
  { weight: 1, arbitrary: anyKey.map((key) => removeStep('corrupt', key)) },
  { weight: 2, arbitrary: fc.constant(wipeStep()) },
);
const anyReading = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(anySeat, anyService).map(([seat, service]) => listStep(seat, service)) },
  { weight: 1, arbitrary: anySeat.map(servicesStep) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(anySeat, anyService, fc.constantFrom('eager' as const, 'slow' as const))
      .map(([seat, service, pace]) => watchStep(seat, service, pace)),
  },
  { weight: 3, arbitrary: fc.constant(readStep()) },
  { weight: 1, arbitrary: anyPick.map(unwatchStep) },
);

/** Two steps about one entry at the same time: two owners, an update and a goodbye, a takeover and a crash. */
function anyRace(conflict: BackendCapabilities['conflict']): fc.Arbitrary<readonly Step[]> {
  return anyKey.chain((key) => {
    const either = fc.oneof(
      { weight: 4, arbitrary: anyRegister(conflict, fc.constant(key)) },
      { weight: 2, arbitrary: fc.nat(1).chain((pick) => anyPatch.map((patch) => updateStep(pick, patch))) },
      { weight: 2, arbitrary: fc.nat(1).map(closeStep) },
      { weight: 1, arbitrary: fc.constant(removeStep('remove', key)) },
      {
        weight: 1,
        arbitrary: fc.constant(key.service).chain((service) => anySeat.map((seat) => listStep(seat, service))),
      },
      { weight: 1, arbitrary: fc.oneof(anySeat.map(cutStep), anySeat.map(crashStep), anySeat.map(closeRegistryStep)) },
    );
    return fc.tuple(either, either);
  });
}

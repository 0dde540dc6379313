import type { DiagnosticEvent } from '../diagnostics/diagnostics.ts';
import { fieldError } from '../instance/field-error.ts';
import type { Clock } from '../time/clock.ts';
import { functionOption, millisecondsOption, readOptions } from './option-checks.ts';

/** Options of a registry, on any backend. Unknown keys are refused with a `TypeError`. */
export interface RegistryOptions {
  /** What all its deadlines follow. @defaultValue the driver's, if its backend lives on a clock of this process; else systemClock */
  readonly clock?: Clock | undefined;
  /** Source of jitter and of owner tokens, in [0, 1). @defaultValue Math.random */
  readonly random?: (() => number) | undefined;
  /** Bound on each call to the backend, in milliseconds (E3). @defaultValue 5_000 */
  readonly callTimeoutMs?: number | undefined;
  /** Everything that happens in the background and has no caller to tell (E4). Never throws into the library. */
  readonly onDiagnostic?: ((event: DiagnosticEvent) => void) | undefined;
}

/** The same, checked, with its defaults but for the clock, which the driver may bring. */
export interface RegistrySettings {
  readonly clock: Clock | undefined;
  readonly random: () => number;
  readonly callTimeoutMs: number;
  readonly onDiagnostic: ((event: DiagnosticEvent) => void) | undefined;
}

/** The keys of `RegistryOptions`. */
export const registryOptionKeys: readonly (keyof RegistryOptions)[] = [
  'clock',
  'random',
  'callTimeoutMs',
  'onDiagnostic',
];

/** @throws TypeError that names the key, what was expected and what came (I6) */
export function checkRegistryOptions(options: RegistryOptions | undefined): RegistrySettings {
  const given = readOptions(options, registryOptionKeys);
  const clock = given.get('clock');
  if (clock !== undefined && !isClock(clock))
    throw fieldError('options.clock', 'a Clock: systemClock, manualClock() or one of your own', clock);
  return {
    clock,
    random: functionOption<() => number>(given, 'random') ?? Math.random,
    callTimeoutMs: millisecondsOption(given, 'callTimeoutMs', 5_000),
    onDiagnostic: functionOption<(event: DiagnosticEvent) => void>(given, 'onDiagnostic'),
  };
}

function isClock(value: unknown): value is Clock {
  return (
    typeof value === 'object' &&
    value !== null &&
    'now' in value &&
    typeof value.now === 'function' &&
    'schedule' in value &&
    typeof value.schedule === 'function'
  );
}

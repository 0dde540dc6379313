import {
  type Clock,
  type RegisterOptions,
  type Registrar,
  serviceInstance,
  type ServiceInstanceInit,
  systemClock,
} from '@rollcall/core';
import { fieldError } from '@rollcall/core/driver';
import { advertiseTerms, type AdvertiseTerms } from './address/advertise.ts';
import type { Listeners } from './life.ts';
import type { ProvideOptions } from './provide-options.ts';
import type { StopSignal } from './stopping/stop-requests.ts';

/** What an instance says of itself, but for what the server says. */
type InstanceFields = Omit<ServiceInstanceInit, 'endpoints' | 'status'>;

/** The options, checked, with their defaults. */
export interface ProvideTerms extends Listeners {
  readonly registrar: Registrar;
  readonly instance: InstanceFields;
  readonly registering: Pick<RegisterOptions, 'ttlMs' | 'onConflict' | 'onUnavailable'>;
  readonly advertise: AdvertiseTerms;
  readonly ready: ProvideOptions['ready'];
  readonly signals: readonly StopSignal[];
  readonly drainMs: number;
  readonly closeTimeoutMs: number;
  readonly registryTimeoutMs: number;
  readonly exitAfterMs: number;
  readonly signal: AbortSignal | undefined;
  readonly clock: Clock;
}

const stopSignals: readonly StopSignal[] = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'];

const instanceKeys: readonly (keyof InstanceFields)[] = [
  'service',
  'id',
  'weight',
  'env',
  'region',
  'zone',
  'deployment',
  'version',
  'frameworkVersion',
  'buildTime',
  'startTime',
  'metadata',
];

const ownKeys: readonly Exclude<keyof ProvideOptions, keyof InstanceFields>[] = [
  'registrar',
  'advertise',
  'ready',
  'signals',
  'drainMs',
  'closeTimeoutMs',
  'registryTimeoutMs',
  'exitAfterMs',
  'ttlMs',
  'onConflict',
  'onUnavailable',
  'signal',
  'onStateChange',
  'onDiagnostic',
  'clock',
];

/** @throws TypeError that names the key, what was expected and what came (I6) */
export function provideTerms(options: ProvideOptions): ProvideTerms {
  checkKeys(options);
  const { registrar, advertise, ready, signals, signal, clock = systemClock, onStateChange, onDiagnostic } = options;
  if (!has(registrar, 'register')) throw fieldError('options.registrar', 'a Registrar, such as a registry', registrar);
  if (!has(clock, 'schedule')) throw fieldError('options.clock', 'a Clock', clock);
  if (signal !== undefined && !has(signal, 'addEventListener'))
    throw fieldError('options.signal', 'an AbortSignal', signal);
  for (const [key, value] of Object.entries({ ready, onStateChange, onDiagnostic }))
    if (value !== undefined && typeof value !== 'function') throw fieldError(`options.${key}`, 'a function', value);
  return {
    registrar,
    instance: instanceOf(options),
    registering: registeringOf(options),
    advertise: advertiseTerms(advertise),
    ready,
    signals: signalsOf(signals),
    drainMs: milliseconds('drainMs', options.drainMs ?? 2_000, 'or more'),
    closeTimeoutMs: milliseconds('closeTimeoutMs', options.closeTimeoutMs ?? 10_000, 'or more'),
    registryTimeoutMs: milliseconds('registryTimeoutMs', options.registryTimeoutMs ?? 5_000, 'excluded'),
    exitAfterMs: milliseconds('exitAfterMs', options.exitAfterMs ?? 5_000, 'or more'),
    signal,
    clock,
    onStateChange,
    onDiagnostic,
  };
}

function checkKeys(options: ProvideOptions): void {
  const given: unknown = options;
  if (typeof given !== 'object' || given === null) throw fieldError('options', 'an object', given);
  const known: readonly string[] = [...instanceKeys, ...ownKeys];
  const stranger = Object.keys(given).find((key) => !known.includes(key));
  if (stranger !== undefined)
    throw new TypeError(`options.${stranger}: unknown key; known are ${known.join(', ')}${insteadOf(stranger)}`);
}

function insteadOf(key: string): string {
  if (key === 'endpoints') return '; where it is reached is what the server says, or options.advertise';
  return key === 'status' ? '; it is starting until options.ready resolves, and up then' : '';
}

/** Checked by core, at a place that stands for the one that is not known yet. */
function instanceOf(options: ProvideOptions): InstanceFields {
  const { service, id, weight, env, region, zone, deployment, version, frameworkVersion } = options;
  const { buildTime, startTime, metadata } = options;
  const names = { service, id, weight, env, region, zone, deployment };
  const { endpoints: _, ...checked } = serviceInstance({
    ...names,
    version,
    frameworkVersion,
    buildTime,
    startTime,
    metadata,
    endpoints: ['http://host:1'],
  });
  return { ...checked, id };
}

function registeringOf({ ttlMs, onConflict, onUnavailable }: ProvideOptions): ProvideTerms['registering'] {
  if (ttlMs !== undefined) milliseconds('ttlMs', ttlMs, 'excluded');
  checkWord('onConflict', onConflict, ['replace', 'reject']);
  checkWord('onUnavailable', onUnavailable, ['reject', 'retry']);
  return { ttlMs, onConflict, onUnavailable };
}

function signalsOf(signals: readonly StopSignal[] = ['SIGTERM', 'SIGINT']): readonly StopSignal[] {
  if (!Array.isArray(signals)) throw fieldError('options.signals', 'an array of names of signals', signals);
  for (const [index, signal] of signals.entries())
    if (!stopSignals.includes(signal))
      throw fieldError(`options.signals[${index}]`, `one of ${stopSignals.join(', ')}`, signal);
  return [...new Set(signals)];
}

function milliseconds(key: string, value: number, zero: 'or more' | 'excluded'): number {
  const isFit =
    typeof value === 'number' && Number.isFinite(value) && (value > 0 || (value === 0 && zero === 'or more'));
  if (isFit) return value;
  const range = zero === 'or more' ? '0 or more' : 'above 0';
  throw fieldError(`options.${key}`, `a finite number of milliseconds, ${range}`, value);
}

function checkWord(key: string, value: string | undefined, words: readonly string[]): void {
  if (value === undefined || words.includes(value)) return;
  throw fieldError(`options.${key}`, words.map((word) => `'${word}'`).join(' or '), value);
}

/** By what it can do, so that those of another copy of core pass. */
function has(value: unknown, method: string): boolean {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, method) === 'function';
}

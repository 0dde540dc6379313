import { type Clock, type Discovery, serviceInstance, systemClock } from '@rollcall/core';
import { checkFunction, checkKeys, fieldError, hasMethod } from '@rollcall/core/driver';
import { noOverrides, type Overrides, parseOverrides } from '../overrides/overrides-format.ts';
import type { ProtectionOptions, ProtectionTerms } from '../protection/protection-terms.ts';
import type { CacheDiagnosticEvent } from './cache-diagnostics.ts';
import type { ReadyOptions } from './service-cache.ts';
import type { OverridesOptions, ServiceCacheOptions, SnapshotOptions } from './service-cache-options.ts';

/** Where the last known sets stand, checked. */
export interface SnapshotTerms {
  readonly path: string;
  readonly scope: string;
  readonly maxAgeMs: number;
  readonly afterMs: number;
}

/** The variable that holds overrides. */
export const overridesVariable = 'SERVICE_OVERRIDES';

/** The options, checked, with their defaults. */
export interface ServiceCacheTerms {
  readonly discovery: Discovery | undefined;
  readonly services: readonly string[];
  readonly maxStaleMs: number;
  readonly protection: ProtectionTerms | undefined;
  readonly snapshot: SnapshotTerms | undefined;
  readonly overridesFile: string | undefined;
  /** Those of the variable. */
  readonly overrides: Overrides;
  readonly onDiagnostic: ((event: CacheDiagnosticEvent) => unknown) | undefined;
  readonly clock: Clock;
  readonly wallClock: () => number;
}

const cacheKeys: readonly (keyof ServiceCacheOptions)[] = [
  'discovery',
  'services',
  'maxStaleMs',
  'protection',
  'snapshot',
  'overrides',
  'onDiagnostic',
  'clock',
  'wallClock',
];
const protectionKeys: readonly (keyof ProtectionOptions)[] = ['share', 'atLeast', 'windowMs', 'holdMs'];
const snapshotKeys: readonly (keyof SnapshotOptions)[] = ['path', 'scope', 'maxAgeMs', 'afterMs'];
const overridesKeys: readonly (keyof OverridesOptions)[] = ['file', 'environment'];
const readyKeys: readonly (keyof ReadyOptions)[] = ['services', 'timeoutMs', 'signal'];

/** @throws TypeError that names the key, what was expected and what came (I6) */
export function serviceCacheTerms(options: ServiceCacheOptions): ServiceCacheTerms {
  checkKeys('options', options, cacheKeys);
  const { discovery, services = [], snapshot, overrides, clock = systemClock, wallClock = Date.now } = options;
  const { onDiagnostic } = options;
  if (discovery !== undefined && !hasMethod(discovery, 'watch'))
    throw fieldError('options.discovery', 'a Discovery, such as a registry', discovery);
  if (discovery === undefined && overrides === undefined)
    throw fieldError('options.discovery', 'a Discovery, as there are no overrides', discovery);
  if (!Array.isArray(services)) throw fieldError('options.services', 'an array of names', services);
  if (!hasMethod(clock, 'schedule')) throw fieldError('options.clock', 'a Clock', clock);
  checkFunction('options.onDiagnostic', onDiagnostic);
  checkFunction('options.wallClock', wallClock);
  return {
    discovery,
    services: services.map((service) => checkedService(service)),
    maxStaleMs: milliseconds('options.maxStaleMs', options.maxStaleMs, Infinity),
    protection: protectionTerms(options.protection),
    snapshot: snapshot && snapshotTerms(snapshot),
    ...overridesTerms(overrides),
    onDiagnostic,
    clock,
    wallClock,
  };
}

/** What is waited for, checked. */
export interface ReadyTerms {
  readonly services: readonly string[] | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** @throws TypeError that names the key */
export function readyTerms(options: ReadyOptions = {}): ReadyTerms {
  checkKeys('options', options, readyKeys);
  const { services, signal } = options;
  if (services !== undefined && !Array.isArray(services))
    throw fieldError('options.services', 'an array of names', services);
  if (signal !== undefined && !hasMethod(signal, 'addEventListener'))
    throw fieldError('options.signal', 'an AbortSignal', signal);
  return { services, timeoutMs: milliseconds('options.timeoutMs', options.timeoutMs, 10_000), signal };
}

/** `service`, checked by core, at a place that stands for none. @throws TypeError that names `service` (I2) */
export function checkedService(service: string): string {
  return serviceInstance({ service, endpoints: ['http://host:1'] }).service;
}

function protectionTerms(given: ServiceCacheOptions['protection'] = {}): ProtectionTerms | undefined {
  if (given === 'off') return undefined;
  checkKeys('options.protection', given, protectionKeys);
  const { share = 0.5, atLeast = 2, windowMs, holdMs } = given;
  if (typeof share !== 'number' || !(share >= 0 && share < 1))
    throw fieldError('options.protection.share', 'a number from 0 to below 1', share);
  if (!Number.isInteger(atLeast) || atLeast < 1)
    throw fieldError('options.protection.atLeast', 'an integer from 1', atLeast);
  return {
    share,
    atLeast,
    windowMs: milliseconds('options.protection.windowMs', windowMs, 30_000),
    holdMs: milliseconds('options.protection.holdMs', holdMs, 60_000),
  };
}

function snapshotTerms(given: SnapshotOptions): SnapshotTerms {
  checkKeys('options.snapshot', given, snapshotKeys);
  const { path, scope = '', maxAgeMs, afterMs } = given;
  checkPath('options.snapshot.path', path);
  if (typeof scope !== 'string') throw fieldError('options.snapshot.scope', 'a string', scope);
  return {
    path,
    scope,
    maxAgeMs: milliseconds('options.snapshot.maxAgeMs', maxAgeMs, 86_400_000),
    afterMs: milliseconds('options.snapshot.afterMs', afterMs, 1_000),
  };
}

function overridesTerms(given: OverridesOptions = {}): Pick<ServiceCacheTerms, 'overrides' | 'overridesFile'> {
  checkKeys('options.overrides', given, overridesKeys);
  const { file, environment = {} } = given;
  if (file !== undefined) checkPath('options.overrides.file', file);
  if (typeof environment !== 'object' || environment === null)
    throw fieldError('options.overrides.environment', 'variables by name, such as process.env', environment);
  const text = environment[overridesVariable];
  const isSet = text !== undefined && text !== '';
  return { overridesFile: file, overrides: isSet ? parseOverrides(text, overridesVariable) : noOverrides };
}

function checkPath(key: string, path: unknown): void {
  if (typeof path !== 'string' || path === '') throw fieldError(key, 'the path of a file', path);
}

function milliseconds(path: string, value: number | undefined, byDefault: number): number {
  if (value === undefined) return byDefault;
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw fieldError(path, 'a finite number of milliseconds above 0', value);
}

export type {
  AttemptEnd,
  AttemptStart,
  CallEnd,
  CallListener,
  CallObserver,
  CallStart,
} from './calls/call-observer.ts';
export { createTelemetry } from './create-telemetry.ts';
export type { Telemetry, TelemetryEvent } from './telemetry.ts';
export type { TelemetryOptions } from './telemetry-options.ts';

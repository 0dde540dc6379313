export type {
  BackendCapabilities,
  DriverCallOptions,
  DriverChanges,
  DriverContext,
  DriverEvent,
  DriverLease,
  DriverRegisterOptions,
  DriverSnapshot,
  MalformedRecord,
  RegistryDriver,
} from './driver/registry-driver.ts';
export { RegistryError, type RegistryErrorCode } from './errors/registry-error.ts';
export { decodeInstance, encodeInstance, maxEncodedBytes } from './instance/instance-codec.ts';
export type { ServiceInstance } from './instance/instance.ts';
export type { OnConflict } from './registration/registration.ts';
export type { BackendConfig, BackendDefinition } from './registry/backend-definition.ts';
export type { Clock } from './time/clock.ts';
export { DeadlineQueue, type Sleeper } from './time/deadline-queue.ts';
export { systemClock } from './time/system-clock.ts';

export { consoleDiagnostics } from './diagnostics/console-diagnostics.ts';
export type { DiagnosticEvent } from './diagnostics/diagnostics.ts';
export type { BackendCapabilities } from './driver/registry-driver.ts';
export { RegistryError, type RegistryErrorCode } from './errors/registry-error.ts';
export { type Endpoint, endpointUrl } from './instance/endpoint.ts';
export type { InstancePatch, InstanceStatus, ServiceInstance, ServiceInstanceInit } from './instance/instance.ts';
export { serviceInstance } from './instance/service-instance.ts';
export type {
  Lease,
  OnConflict,
  RegisterOptions,
  Registration,
  RegistrationState,
  RegistrationStateChange,
} from './registration/registration.ts';
export type { Environment } from './options/environment.ts';
export type { RegistryConfig } from './registry/backend-choice.ts';
export type { BackendConfig, BackendDefinition } from './registry/backend-definition.ts';
export type { CallOptions } from './registry/call-options.ts';
export { createRegistry } from './registry/create-registry.ts';
export {
  environmentConfig,
  type EnvironmentConfig,
  type EnvironmentConfigOptions,
} from './registry/environment-config.ts';
export { openRegistry, type OpenRegistryOptions } from './registry/open-registry.ts';
export type { RegistryOptions } from './registry/registry-options.ts';
export type { Discovery, Registrar, Registry, WatchOptions } from './registry/registry.ts';
export type { Clock, ScheduleOptions } from './time/clock.ts';
export { manualClock, type ManualClock } from './time/manual-clock.ts';
export { systemClock } from './time/system-clock.ts';
export type { Revision, ServiceDelta, ServiceSnapshot, Watcher } from './watch/watcher.ts';

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
export { guarded, guardedCall } from './diagnostics/guarded-call.ts';
export { reasonOf } from './errors/reason-of.ts';
export { RegistryError, type RegistryErrorCode } from './errors/registry-error.ts';
export { fieldError } from './instance/field-error.ts';
export { decodeFields, decodeInstance, encodeInstance, maxEncodedBytes } from './instance/instance-codec.ts';
export type { ServiceInstance } from './instance/instance.ts';
export { checkOptions } from './options/check-options.ts';
export { checkFunction, checkKeys, hasMethod } from './options/option-checks.ts';
export { describeOptions, type OptionRow } from './options/describe-options.ts';
export type { Environment } from './options/environment.ts';
export { type Field, optional, required, type RequiredField, withDefault } from './options/field.ts';
export { listOf, type NonEmptyList } from './options/list-kind.ts';
export {
  type DescriptionParts,
  type Fields,
  group,
  type Group,
  optionsDescription,
  type OptionsDescription,
  type UntypedDescription,
  type UrlForm,
} from './options/options-description.ts';
export { type EnvironmentTerms, optionsFromEnvironment } from './options/options-from-environment.ts';
export { optionsFromUrl } from './options/options-from-url.ts';
export { flag, integer, type IntegerRange, milliseconds } from './options/plain-kinds.ts';
export { type Rule, type RuleContext, together } from './options/rule.ts';
export { Secret, SecretError, type SecretPlace, type SecretSources } from './options/secret.ts';
export { pem, secret, type SecretOption } from './options/secret-kinds.ts';
export { choice, parsed, type ParsedTerms, text } from './options/text-kinds.ts';
export { type CheckedTlsOptions, tlsGroup, type TlsOptions } from './options/tls-options.ts';
export type { CheckContext, TextOrigin, ValueKind } from './options/value-kind.ts';
export { type AuthorityTerms, type WrittenAuthority, writtenAuthority } from './options/written-authority.ts';
export type { OnConflict } from './registration/registration.ts';
export type { BackendConfig, BackendDefinition } from './registry/backend-definition.ts';
export { onDemandDriver, type OnDemandTerms } from './registry/on-demand-driver.ts';
export type { Clock } from './time/clock.ts';
export { DeadlineQueue } from './time/deadline-queue.ts';
export type { Sleeper } from './time/sleeper.ts';
export { systemClock } from './time/system-clock.ts';

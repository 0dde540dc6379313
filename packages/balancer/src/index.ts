export type { AcquiredInstance, Balancer, CallResult, PickContext } from './balancer.ts';
export type { BalancerDiagnosticEvent } from './balancer-diagnostics.ts';
export type { BalancerOptions } from './balancer-options.ts';
export type { BalancerStats } from './balancer-stats.ts';
export { createBalancer } from './create-balancer.ts';
export { consoleBalancing } from './diagnostics/console-balancing.ts';
export { type BalancingEvent, describeBalancing } from './diagnostics/describe-balancing.ts';
export type { Draws } from './draws.ts';
export type { EjectionOptions } from './ejection.ts';
export type { Filter } from './filters/filter.ts';
export { type FieldMatch, matching, type MatchingOptions } from './filters/matching.ts';
export { preferZone, type PreferZoneOptions } from './filters/prefer-zone.ts';
export { subset, type SubsetOptions } from './filters/subset.ts';
export { versionIn } from './filters/version-in.ts';
export type { InstanceSource } from './instance-source.ts';
export { NoInstanceError, type NoInstanceErrorCode, type NoInstanceSubject } from './no-instance-error.ts';
export { canary, type CanaryOptions } from './policies/canary.ts';
export { consistentHash, type ConsistentHashOptions } from './policies/consistent-hash.ts';
export { leastOutstanding } from './policies/least-outstanding.ts';
export { peakEwma, type PeakEwmaOptions } from './policies/peak-ewma.ts';
export type { Candidate, Picker, PickerParts, Policy } from './policies/policy.ts';
export { roundRobin } from './policies/round-robin.ts';
export { weightedRandom } from './policies/weighted-random.ts';
export { weightedRoundRobin } from './policies/weighted-round-robin.ts';
export type { SlowStartOptions } from './slow-start.ts';
export type { CacheDiagnosticEvent } from './cache/cache-diagnostics.ts';
export { openServiceCache } from './cache/open-service-cache.ts';
export type {
  CachedService,
  CachedServiceReport,
  CachedState,
  ReadyOptions,
  ServiceCache,
} from './cache/service-cache.ts';
export type { OverridesOptions, ServiceCacheOptions, SnapshotOptions } from './cache/service-cache-options.ts';
export type { RefusalReason } from './disk/snapshot-format.ts';
export type { AbsencePattern } from './protection/absences.ts';
export type { ProtectionOptions } from './protection/protection-terms.ts';

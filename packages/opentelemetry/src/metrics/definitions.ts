/** A metric, as it is made and as it is documented. */
export interface MetricDefinition {
  /** Counters only rise. Up-down counters add up over caches, balancers and registrations of one service; of a gauge the greatest counts. */
  readonly instrument: 'counter' | 'up-down counter' | 'gauge' | 'histogram';
  readonly unit: string;
  readonly description: string;
  /** The attributes that its series have; those that end in `?` only sometimes. */
  readonly attributes: readonly string[];
}

/** Metrics that are read when somebody collects them. */
export type ObservedMetric =
  | 'rollcall.service.instance.count'
  | 'rollcall.service.held_instance.count'
  | 'rollcall.service.state'
  | 'rollcall.service.staleness'
  | 'rollcall.service.protections'
  | 'rollcall.balancer.instance.count'
  | 'rollcall.balancer.picks'
  | 'rollcall.balancer.refusals'
  | 'rollcall.balancer.calls'
  | 'rollcall.balancer.active_calls'
  | 'rollcall.balancer.ejections'
  | 'rollcall.registration.count'
  | 'rollcall.diagnostic.events';

export const observedMetrics: Readonly<Record<ObservedMetric, MetricDefinition>> = {
  'rollcall.service.instance.count': {
    instrument: 'up-down counter',
    unit: '{instance}',
    description: 'Instances that are served, by their status.',
    attributes: ['rollcall.service.name', 'rollcall.instance.status'],
  },
  'rollcall.service.held_instance.count': {
    instrument: 'up-down counter',
    unit: '{instance}',
    description: 'Instances that are served and that the registry does not list any more.',
    attributes: ['rollcall.service.name'],
  },
  'rollcall.service.state': {
    instrument: 'up-down counter',
    unit: '1',
    description: 'What the set is worth: 1 for the state that it is in, 0 for the others.',
    attributes: ['rollcall.service.name', 'rollcall.service.state'],
  },
  'rollcall.service.staleness': {
    instrument: 'gauge',
    unit: 's',
    description: 'For how long the registry has been out of reach; 0 while it answers.',
    attributes: ['rollcall.service.name'],
  },
  'rollcall.service.protections': {
    instrument: 'counter',
    unit: '{protection}',
    description: 'How often so many instances were missed at once that they were held.',
    attributes: ['rollcall.service.name', 'rollcall.protection.pattern'],
  },
  'rollcall.balancer.instance.count': {
    instrument: 'up-down counter',
    unit: '{instance}',
    description: 'Instances that the balancer knows, by what keeps them from being picked.',
    attributes: ['rollcall.service.name', 'rollcall.balancer.instance.state'],
  },
  'rollcall.balancer.picks': {
    instrument: 'counter',
    unit: '{pick}',
    description: 'How often an instance was given, by pick and by acquire.',
    attributes: ['rollcall.service.name'],
  },
  'rollcall.balancer.refusals': {
    instrument: 'counter',
    unit: '{refusal}',
    description: 'How often there was nobody to give; error.type is the code of the NoInstanceError.',
    attributes: ['rollcall.service.name', 'error.type'],
  },
  'rollcall.balancer.calls': {
    instrument: 'counter',
    unit: '{call}',
    description: 'Acquired calls that are over, by what they said of their instance.',
    attributes: ['rollcall.service.name', 'rollcall.call.result'],
  },
  'rollcall.balancer.active_calls': {
    instrument: 'up-down counter',
    unit: '{call}',
    description: 'Acquired calls that are under way.',
    attributes: ['rollcall.service.name'],
  },
  'rollcall.balancer.ejections': {
    instrument: 'counter',
    unit: '{ejection}',
    description: 'How often an instance was left out because calls to it failed.',
    attributes: ['rollcall.service.name', 'rollcall.instance.id?'],
  },
  'rollcall.registration.count': {
    instrument: 'up-down counter',
    unit: '{registration}',
    description: 'Registrations of this program, by how their lease stands.',
    attributes: ['rollcall.service.name', 'rollcall.registration.state'],
  },
  'rollcall.diagnostic.events': {
    instrument: 'counter',
    unit: '{event}',
    description: 'What registries, caches and balancers told in the background, by type.',
    attributes: ['rollcall.diagnostic.type', 'rollcall.service.name?'],
  },
};

/** Metrics that are recorded as it happens. */
export type RecordedMetric = 'rollcall.client.call.duration' | 'rollcall.client.attempt.duration';

export const recordedMetrics: Readonly<Record<RecordedMetric, MetricDefinition>> = {
  'rollcall.client.call.duration': {
    instrument: 'histogram',
    unit: 's',
    description: 'How long calls took, with all their attempts.',
    attributes: ['rollcall.service.name', 'error.type?'],
  },
  'rollcall.client.attempt.duration': {
    instrument: 'histogram',
    unit: 's',
    description: 'How long attempts took; those of kind retry are the retries.',
    attributes: [
      'rollcall.service.name',
      'rollcall.attempt.kind',
      'rollcall.call.result',
      'error.type?',
      'rollcall.instance.id?',
    ],
  },
};

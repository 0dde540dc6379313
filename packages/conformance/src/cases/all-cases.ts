import type { ConformanceCase } from '../conformance-case.ts';
import { cancellingCases } from './cancelling.ts';
import { choosingCases } from './choosing.ts';
import { closingCases } from './closing.ts';
import { convergingCases } from './converging.ts';
import { deregisteringCases } from './deregistering.ts';
import { failingCases } from './failing.ts';
import { identityCases } from './identity.ts';
import { instanceCases } from './instances.ts';
import { leaseCases } from './leases.ts';
import { outageCases } from './outages.ts';
import { readingCases } from './reading.ts';
import { recoveringCases } from './recovering.ts';
import { registeringCases } from './registering.ts';
import { renewingCases } from './renewing.ts';
import { stateCases } from './states.ts';
import { takeoverCases } from './takeover.ts';
import { updatingCases } from './updating.ts';
import { watcherCases } from './watchers.ts';
import { watchingCases } from './watching.ts';

/** Every case of the suite, in the order of the clauses as far as the files follow it. */
export const conformanceCases: readonly ConformanceCase[] = Object.freeze([
  ...identityCases,
  ...instanceCases,
  ...registeringCases,
  ...takeoverCases,
  ...updatingCases,
  ...recoveringCases,
  ...deregisteringCases,
  ...leaseCases,
  ...renewingCases,
  ...stateCases,
  ...readingCases,
  ...watchingCases,
  ...convergingCases,
  ...outageCases,
  ...watcherCases,
  ...failingCases,
  ...cancellingCases,
  ...closingCases,
  ...choosingCases,
]);

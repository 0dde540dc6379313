import type { ServiceInstance } from '@rollcall/core';
import { isEligible } from './eligible.ts';
import { type Filter, filterName } from './filters/filter.ts';
import type { NoInstanceErrorCode } from './no-instance-error.ts';

/** Whom a balancer chose from, and how. */
export interface Choice {
  readonly service: string;
  readonly listed: readonly ServiceInstance[];
  readonly filters: readonly Filter[];
  readonly policy: string;
}

/** Why there is nobody, for the error that tells. */
export interface Absence {
  readonly code: NoInstanceErrorCode;
  readonly message: string;
  readonly cause?: unknown;
}

/** Why a choice has left nobody. */
export function whyNobody({ service, listed, filters, policy }: Choice): Absence {
  const nobody = `There is no instance of ${service} to call`;
  if (listed.length === 0)
    return { code: 'NONE_LISTED', message: `${nobody}: none is listed. Look whether one is registered.` };
  const counts = `${listed.length} listed (${countsOf(listed)})`;
  let left: readonly ServiceInstance[] = listed.filter((instance) => isEligible(instance));
  if (left.length === 0)
    return { code: 'NONE_ELIGIBLE', message: `${nobody}: ${counts}, and none is up with a weight above 0.` };
  for (const [index, filter] of filters.entries()) {
    const before = left.length;
    const name = filterName(filter, index);
    try {
      left = filter(left);
    } catch (cause) {
      return { code: 'NONE_SELECTED', message: `${nobody}: ${counts}, and ${name} threw; see cause.`, cause };
    }
    if (left.length === 0)
      return { code: 'NONE_SELECTED', message: `${nobody}: ${counts}, and ${name} left none of ${before}.` };
  }
  return { code: 'NONE_SELECTED', message: `${nobody}: ${counts}, and ${policy} picked none of ${left.length}.` };
}

/** `2 up, 1 draining, 1 of weight 0`. */
function countsOf(listed: readonly ServiceInstance[]): string {
  const counts = new Map<string, number>();
  for (const { status, weight } of listed) {
    const kind = status === 'up' && weight === 0 ? 'of weight 0' : status;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
}

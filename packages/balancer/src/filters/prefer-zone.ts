import type { ServiceInstance } from '@rollcall/core';
import { checkNumber, checkOptionKeys, checkText } from '../option-checks.ts';
import { type Filter, named } from './filter.ts';
import { rankedFor } from './ranking.ts';

/** Options of `preferZone`. Unknown keys are refused with a `TypeError`. */
export interface PreferZoneOptions {
  /** The zone of the caller. */
  readonly zone: string;
  /** Who calls, so that callers spill over to different instances: a text that stays the same when it restarts. */
  readonly caller: string;
  /** The part of all calls that come from this zone, above 0, at most 1. @defaultValue the same for each zone that has instances, and for this one */
  readonly demand?: number | undefined;
  /**
   * With which part of the capacity that the calls from this zone are due, by weight, it still keeps them all: at 0.7, a zone may lose
   * 30 % of its instances before calls leave it. Above 0, at most 1. @defaultValue 0.7
   */
  readonly enough?: number | undefined;
}

/**
 * The instances of the caller's zone; and when their weight is not enough, as many others as are missing, so that the part of the calls that
 * leaves the zone is the part that it lacks. With nobody in the zone, all.
 * @throws TypeError for a bad option, naming it
 */
export function preferZone(options: PreferZoneOptions): Filter {
  checkOptionKeys('preferZone', options, ['zone', 'caller', 'demand', 'enough']);
  const zone = checkText('options.zone', options.zone);
  const caller = checkText('options.caller', options.caller);
  const enough = checkNumber('options.enough', options.enough ?? 0.7, { above: 0, to: 1 });
  const { demand } = options;
  if (demand !== undefined) checkNumber('options.demand', demand, { above: 0, to: 1 });
  return named(`preferZone(${zone})`, (instances) => {
    const own = instances.filter((instance) => instance.zone === zone);
    if (own.length === 0) return instances;
    const zones = new Set(instances.map((instance) => instance.zone)).size;
    let lacking = weightOf(instances) * (demand ?? 1 / zones) * enough - weightOf(own);
    if (lacking <= 0) return own;
    const kept = new Set(own);
    for (const instance of rankedFor(caller, instances)) {
      if (lacking <= 0) break;
      if (kept.has(instance)) continue;
      kept.add(instance);
      lacking -= instance.weight;
    }
    return instances.filter((instance) => kept.has(instance));
  });
}

function weightOf(instances: readonly ServiceInstance[]): number {
  return instances.reduce((sum, { weight }) => sum + weight, 0);
}

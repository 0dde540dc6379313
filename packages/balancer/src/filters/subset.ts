import { checkInteger, checkOptionKeys, checkText } from '../option-checks.ts';
import { type Filter, named } from './filter.ts';
import { rankedFor } from './ranking.ts';

/** Options of `subset`. Unknown keys are refused with a `TypeError`. */
export interface SubsetOptions {
  /** How many at most, a whole number from 1. */
  readonly size: number;
  /** Who calls: a text that no other caller has and that stays the same when it restarts, such as the name of the pod or the host. */
  readonly caller: string;
}

/**
 * The same few instances for a caller, other ones for another, so that many callers of many instances do not all connect to all. When an
 * instance comes or goes, at most one of the few is exchanged. Over many callers each instance is as likely as any other.
 * @throws TypeError for a bad option, naming it
 */
export function subset(options: SubsetOptions): Filter {
  checkOptionKeys('subset', options, ['size', 'caller']);
  const size = checkInteger('options.size', options.size, { from: 1 });
  const caller = checkText('options.caller', options.caller);
  return named(`subset(${size})`, (instances) => {
    if (instances.length <= size) return instances;
    const chosen = new Set(rankedFor(caller, instances).slice(0, size));
    return instances.filter((instance) => chosen.has(instance));
  });
}

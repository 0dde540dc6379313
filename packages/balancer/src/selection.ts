import type { ServiceInstance } from '@rollcall/core';
import { isEligible } from './eligible.ts';
import { type Filter, filterName } from './filters/filter.ts';
import type { Member } from './member.ts';

/** What the filters made of the members of a set. */
export type Selection =
  | { readonly is: 'made'; readonly members: readonly Member[] }
  | { readonly is: 'failed'; readonly filter: string; readonly error: unknown };

/** Those of `listed` that are eligible and that all filters leave. Never throws. */
export function selectionOf(listed: readonly Member[], filters: readonly Filter[]): Selection {
  const areAll = listed.every(({ instance }) => isEligible(instance));
  let members = areAll ? listed : listed.filter(({ instance }) => isEligible(instance));
  for (const [index, filter] of filters.entries()) {
    const name = filterName(filter, index);
    try {
      members = membersLeft(members, filter(members.map(({ instance }) => instance)), name);
    } catch (error) {
      return { is: 'failed', filter: name, error };
    }
  }
  return { is: 'made', members };
}

/** The members of `left`, which a filter took from the instances of `members` in their order. @throws TypeError if it did not */
function membersLeft(members: readonly Member[], left: readonly ServiceInstance[], filter: string): Member[] {
  if (!Array.isArray(left)) throw new TypeError(`${filter}: expected an array of instances from the filter`);
  let at = 0;
  return [...left].map((instance) => {
    while (at < members.length && members[at]?.instance !== instance) at += 1;
    const member = members[at++];
    if (member !== undefined) return member;
    throw new TypeError(`${filter}: expected some of the instances that the filter was given, in their order`);
  });
}

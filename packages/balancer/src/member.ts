import type { ServiceInstance } from '@rollcall/core';
import { isEligible } from './eligible.ts';
import type { Candidate } from './policies/policy.ts';

/** What a balancer keeps of one listed instance, for as long as its id is listed. All of one shape, for the sake of picks. */
export class Member implements Candidate {
  instance: ServiceInstance;
  weight: number;
  inFlight = 0;
  /** Failures in a row; any success ends the row. */
  failures = 0;
  /** When it became eligible, or came back from ejection; -Infinity if it was so from the start. Means nothing while it is not eligible. */
  eligibleSinceMs: number;

  constructor(instance: ServiceInstance, eligibleSinceMs: number) {
    this.instance = instance;
    this.weight = instance.weight;
    this.eligibleSinceMs = eligibleSinceMs;
  }

  /** Takes a newer record of the same id. */
  renew(instance: ServiceInstance, nowMs: number): void {
    if (!isEligible(this.instance) && isEligible(instance)) this.eligibleSinceMs = nowMs;
    this.instance = instance;
    this.weight = instance.weight;
  }
}

/** Everybody who is listed. */
export interface Listed {
  readonly members: readonly Member[];
  /** Their records, in a plain array: walking a frozen one misses V8's fast paths. */
  readonly instances: readonly ServiceInstance[];
}

export const nobodyListed: Listed = { members: [], instances: [] };

/** What a set is after a change, and the members among which whatever changed is. */
export interface ListedNow extends Listed {
  readonly changed: readonly Member[];
}

/** The members of a set: those whose id stays are the same objects. Both sets are sorted by id. @param nowMs when the set came */
export function listedNow(former: Listed, frozen: readonly ServiceInstance[], nowMs: number): ListedNow {
  const instances = [...frozen];
  const { before, behind } = alikeAtTheEnds(former.instances, instances);
  const formerly = former.members.slice(before, former.members.length - behind);
  const changed = membersOf(formerly, instances.slice(before, instances.length - behind), nowMs);
  // Newer records of the same members leave the list as it was.
  const areSame = changed.length === formerly.length && changed.every((member, at) => member === formerly[at]);
  const members = areSame
    ? former.members
    : former.members.slice(0, before).concat(changed, former.members.slice(former.members.length - behind));
  return { members, instances, changed };
}

/** How many are the same from the beginning on, and how many of the rest from the end on. */
function alikeAtTheEnds(
  former: readonly ServiceInstance[],
  now: readonly ServiceInstance[],
): { readonly before: number; readonly behind: number } {
  const most = Math.min(former.length, now.length);
  let before = 0;
  while (before < most && former[before] === now[before]) before += 1;
  let [behind, formerEnd, nowEnd] = [0, former.length - 1, now.length - 1];
  while (behind < most - before && former[formerEnd] === now[nowEnd]) {
    behind += 1;
    formerEnd -= 1;
    nowEnd -= 1;
  }
  return { before, behind };
}

function membersOf(former: readonly Member[], instances: readonly ServiceInstance[], nowMs: number): readonly Member[] {
  let at = 0;
  return instances.map((instance) => {
    let member = former[at];
    while (member !== undefined && member.instance.id < instance.id) member = former[++at];
    if (member === undefined || member.instance.id !== instance.id) return new Member(instance, nowMs);
    at += 1;
    if (member.instance !== instance) member.renew(instance, nowMs);
    return member;
  });
}

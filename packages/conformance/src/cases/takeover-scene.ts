import type { Registration } from '@rollcall/core';
import { type Actor, sample, type Stage, type TappedActor } from '../stage.ts';

/** Two owners of one id, of which the second has just come. */
export interface Takeover {
  readonly first: TappedActor;
  readonly second: Actor;
  readonly observer: Actor;
  /** Of the first; weight 1. */
  readonly former: Registration;
  /** Of the second; weight 2. */
  readonly registration: Registration;
}

/** How a takeover is staged. */
export interface TakeoverOptions {
  /** `held`: no renewal of the former reaches the backend until its tap lets go, so that it cannot know yet. @defaultValue 'sent' */
  readonly renewals?: 'sent' | 'held' | undefined;
}

/** One owner registers, another takes over. */
export async function takeover(stage: Stage, { renewals = 'sent' }: TakeoverOptions = {}): Promise<Takeover> {
  const [first, second, observer] = [await stage.tapped(), await stage.actor(), await stage.actor()];
  const former = await first.registry.register({ ...sample(), weight: 1 }, { ttlMs: stage.ttlMs });
  if (renewals === 'held') for (let count = 0; count < 3; count += 1) first.tap.holdRequest('renew');
  const registration = await second.registry.register({ ...sample(), weight: 2 }, { ttlMs: stage.ttlMs });
  return { first, second, observer, former, registration };
}

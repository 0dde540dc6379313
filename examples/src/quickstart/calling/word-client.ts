import type { BalancerOptions, ServiceCache } from '@rollcall/balancer';
import type { ObservedCalls } from './observed-calls.ts';
import type { Protocol } from './protocols.ts';

/** What every client is made of. */
export interface ClientParts {
  readonly cache: ServiceCache;
  readonly balancing: BalancerOptions;
  /** Hears of each attempt. */
  readonly observer: ObservedCalls;
}

/** Calls the service by its name, over one protocol. Whom each call goes to, and who is asked next, is up to what it is made with. */
export interface WordClient {
  readonly protocol: Protocol;
  /** How many words the line has. Rejects when nobody answered, and with a `BrokenAnswerError` when an answer broke off. */
  count(line: string): Promise<number>;
  /** Lets go of its connections. */
  close(): Promise<void>;
}

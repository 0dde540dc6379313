import { type Balancer, type BalancerOptions, createBalancer } from '@rollcall/balancer';
import { fleetOf, type Fleet, instances, nameOf } from './fleet.ts';
import { exponential, randomNumbers } from './random-numbers.ts';
import { Server, workers } from './server.ts';
import { SimulatedClock } from './simulated-clock.ts';

/** What a call of nobody else waits for takes on average, in milliseconds. */
const usualMs = 50;
/** After this long a caller gives up. */
export const deadlineMs = 2_000;
/** How many instances there are. */
const usualCount = 10;

/** What the calls are, and how an instance is chosen for each. */
export interface TrafficOptions {
  readonly balancer: Pick<BalancerOptions, 'policy' | 'ejection' | 'slowStart'>;
  /** The part of what all instances together can do that is asked of them. */
  readonly load: number;
  readonly forMs: number;
  /** Over how many balancers the calls are spread at random, each in a process of its own and none knowing of the others. @defaultValue 1 */
  readonly callers?: number | undefined;
  /** What happens meanwhile. */
  readonly incidents?: readonly Incident[] | undefined;
}

/** Something that happens to the instances. */
interface Incident {
  readonly atMs: number;
  readonly happen: (place: Place) => void;
}

/** Where incidents happen. */
interface Place {
  readonly fleet: Fleet;
  /** The server behind an id; one that is new is made. */
  readonly server: (id: string) => Server;
}

/** A call that is over. */
export interface EndedCall {
  readonly id: string;
  readonly startedAtMs: number;
  readonly elapsedMs: number;
  readonly result: 'success' | 'failure';
}

/**
 * Calls to ten instances that come whether or not those before them were answered, as those of many users do. Instants and work of the
 * calls are the same for every policy.
 * @returns them in the order in which they ended
 */
export function traffic(options: TrafficOptions): readonly EndedCall[] {
  const { callers = 1, load, forMs, incidents = [] } = options;
  const clock = new SimulatedClock();
  const fleet = fleetOf(instances(usualCount));
  const servers = new Map<string, Server>();
  const server = (id: string): Server => {
    const known = servers.get(id) ?? new Server(clock);
    servers.set(id, known);
    return known;
  };
  const seeds = randomNumbers(1);
  const balancers = Array.from({ length: callers }, () =>
    createBalancer(fleet, { ...options.balancer, clock, random: seeds }),
  );
  const gaps = randomNumbers(2);
  const work = randomNumbers(3);
  const turns = randomNumbers(4);
  const meanGapMs = usualMs / (workers * usualCount * load);
  const ended: EndedCall[] = [];

  const call = (balancer: Balancer | undefined): void => {
    const acquired = balancer?.acquire();
    if (acquired === undefined) return;
    const startedAtMs = clock.now();
    const { id } = acquired.instance;
    const end = (result: EndedCall['result']): void => {
      acquired.done(result);
      ended.push({ id, startedAtMs, elapsedMs: clock.now() - startedAtMs, result });
    };
    const deadline = clock.schedule(deadlineMs, () => {
      job[Symbol.dispose]();
      end('failure');
    });
    const job = server(id).take(exponential(work) * usualMs, (result) => {
      deadline[Symbol.dispose]();
      end(result);
    });
  };
  const callLater = (): void => {
    clock.schedule(exponential(gaps) * meanGapMs, () => {
      if (clock.now() >= forMs) return;
      call(balancers[Math.floor(turns() * callers)]);
      callLater();
    });
  };

  for (const { atMs, happen } of incidents) clock.schedule(atMs, () => happen({ fleet, server }));
  callLater();
  clock.runTo(forMs + deadlineMs);
  for (const balancer of balancers) balancer.close();
  return ended;
}

/** One of the ten: the one to which things happen. */
export const patient: string = nameOf(3);

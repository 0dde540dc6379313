import { type ChannelOptions, connectivityState, experimental, status } from '@grpc/grpc-js';
import { type Balancer, createBalancer } from '@rollcall/balancer';
import { guarded } from '@rollcall/core/driver';
import { Resolved } from '../resolved.ts';
import { BalancedPicker } from './balanced-picker.ts';
import { CountedOnce } from './counted-once.ts';
import { countedPolicy } from './counted-policy.ts';
import { InstanceConnection } from './instance-connection.ts';
import { ReadyInstances } from './ready-instances.ts';
import { weightedName } from './weighted-config.ts';

/** Who chooses among whom. */
interface Choice {
  readonly ready: ReadyInstances;
  readonly balancer: Balancer;
  readonly picker: experimental.Picker;
  /** Takes the balancer back from whoever observes it. */
  readonly unobserve: (() => void) | undefined;
}

/**
 * Our policy in one channel: a connection to each instance, and a balancer over those that are connected. A change of the list costs what
 * changed: who stays keeps its connection, and what was learned of it.
 */
export class WeightedBalancer implements experimental.LoadBalancer {
  readonly #helper: experimental.ChannelControlHelper;
  /** By id, in the order of ids. */
  #connections: ReadonlyMap<string, InstanceConnection> = new Map();
  #choice: Choice | undefined;
  /** Why nobody can be called, when there is nobody. */
  #whyNobody = '';
  #lastProblem = '';
  /** While several connections change, and when all is over. */
  #isQuiet = false;

  constructor(helper: experimental.ChannelControlHelper) {
    this.#helper = helper;
  }

  updateAddressList(
    endpoints: experimental.StatusOr<experimental.Endpoint[]>,
    _config: experimental.TypedLoadBalancingConfig,
    options: ChannelOptions,
    note: string,
  ): boolean {
    const { [Resolved.key]: given, ...others } = options;
    const resolved: unknown = given;
    if (resolved instanceof Resolved) this.#connect(resolved, others, note);
    else if (this.#connections.size === 0)
      this.#fail(
        endpoints.ok ? `${weightedName} is for targets such as rollcall:///orders alone.` : endpoints.error.details,
      );
    return true;
  }

  exitIdle(): void {
    // grpc-js says so before each call. Whoever became idle was opened again when it did.
  }

  resetBackoff(): void {
    // Connections have it, and grpc-js offers no way to them.
  }

  destroy(): void {
    this.#isQuiet = true;
    for (const connection of this.#connections.values()) connection.close();
    this.#connections = new Map();
    if (this.#choice === undefined) return;
    guarded(() => this.#choice?.unobserve?.());
    this.#choice.balancer.close();
  }

  getTypeName(): string {
    return weightedName;
  }

  #connect(resolved: Resolved, options: ChannelOptions, note: string): void {
    this.#choice ??= this.#choose(resolved);
    const former = this.#connections;
    this.#whyNobody = note;
    this.#isQuiet = true;
    const added: InstanceConnection[] = [];
    const connections = new Map<string, InstanceConnection>();
    for (const one of resolved.instances) {
      const { id } = one.instance;
      let connection = former.get(id);
      connection?.renew(one);
      if (connection === undefined) {
        const changed = (problem: string | null): void => this.#changed(problem);
        connection = new InstanceConnection(one, { helper: this.#helper, options, changed });
        added.push(connection);
      }
      connections.set(id, connection);
    }
    this.#connections = connections;
    for (const connection of added) connection.open();
    for (const [id, connection] of former) if (!connections.has(id)) connection.close();
    this.#isQuiet = false;
    this.#changed(null);
  }

  #choose({ service, terms }: Resolved): Choice {
    const { balancing, keyMetadata } = terms;
    const ready = new ReadyInstances(service);
    const balancer = createBalancer(ready, { ...balancing, policy: countedPolicy(balancing.policy) });
    const connectionOf = (id: string): InstanceConnection | undefined => this.#connections.get(id);
    return {
      ready,
      balancer,
      picker: new BalancedPicker({ balancer, keyMetadata, connectionOf }),
      unobserve: guarded(() => terms.observeBalancer?.(new CountedOnce(balancer))),
    };
  }

  #changed(problem: string | null): void {
    if (problem !== null) this.#lastProblem = problem;
    if (this.#isQuiet || this.#choice === undefined) return;
    const { ready, picker } = this.#choice;
    const connections = [...this.#connections.values()];
    const isIn = (state: connectivityState): boolean => connections.some((connection) => connection.state === state);
    ready.replace(connections.filter(({ state }) => state === connectivityState.READY).map(({ instance }) => instance));
    if (ready.instances.length > 0) this.#helper.updateState(connectivityState.READY, picker, null);
    else if (isIn(connectivityState.CONNECTING) || isIn(connectivityState.IDLE))
      this.#helper.updateState(connectivityState.CONNECTING, new experimental.QueuePicker(this), null);
    else if (connections.length > 0)
      this.#fail(
        `None of ${connections.length} instances of ${ready.service} can be reached. Last error: ${this.#lastProblem}`,
      );
    else this.#fail(this.#whyNobody);
    for (const connection of connections) connection.stay();
  }

  #fail(details: string): void {
    const picker = new experimental.UnavailablePicker({ code: status.UNAVAILABLE, details });
    this.#helper.updateState(connectivityState.TRANSIENT_FAILURE, picker, details);
  }
}

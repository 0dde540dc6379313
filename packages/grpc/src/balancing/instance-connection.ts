import { type ChannelOptions, connectivityState, experimental } from '@grpc/grpc-js';
import type { ServiceInstance } from '@rollcall/core';
import type { AttemptTarget } from '../observing/observed-call.ts';
import type { Addressed } from '../resolved.ts';

/** What a connection is made with. */
export interface ConnectionParts {
  readonly helper: experimental.ChannelControlHelper;
  readonly options: ChannelOptions;
  /** Its state is another. @param problem what went wrong, if something did */
  readonly changed: (problem: string | null) => void;
}

/** One instance and the connection to it, which is opened again whenever it is lost. */
export class InstanceConnection {
  readonly #leaf: experimental.LeafLoadBalancer;
  readonly #options: ChannelOptions;
  #addressed: Addressed;

  constructor(addressed: Addressed, { helper, options, changed }: ConnectionParts) {
    this.#addressed = addressed;
    this.#options = options;
    const own = experimental.createChildChannelControlHelper(helper, {
      updateState: (_state, _picker, problem) => changed(problem),
    });
    this.#leaf = new experimental.LeafLoadBalancer(addressed.endpoint, own, options, '');
  }

  /** Its newest record. */
  get instance(): ServiceInstance {
    return this.#addressed.instance;
  }

  get state(): connectivityState {
    return this.#leaf.getConnectivityState();
  }

  get picker(): experimental.Picker {
    return this.#leaf.getPicker();
  }

  /** Whom a call over it goes to. */
  get target(): AttemptTarget {
    const { instance, url } = this.#addressed;
    return { instance, url };
  }

  open(): void {
    this.#leaf.startConnecting();
  }

  /** A connection that was lost is opened again; one that is open, or about to be, is left alone. */
  stay(): void {
    if (this.state === connectivityState.IDLE) this.#leaf.exitIdle();
  }

  /** Takes a newer record. What is connected stays so until its new address is. */
  renew(addressed: Addressed): void {
    const { endpoint } = this.#addressed;
    this.#addressed = addressed;
    if (experimental.endpointToString(endpoint) === experimental.endpointToString(addressed.endpoint)) return;
    this.#leaf.updateEndpoint(addressed.endpoint, this.#options);
  }

  close(): void {
    this.#leaf.destroy();
  }
}

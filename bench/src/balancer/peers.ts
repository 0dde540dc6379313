import { createRequire } from 'node:module';
import { BalancedPool } from 'undici';
import type { PeerName } from './job.ts';

/** Chooses one of some addresses, as the peer itself does for a call. */
export type PeerPick = () => unknown;

/** How each peer chooses among `count` addresses. What they choose with is none of what they export: it is described here as far as it is used. */
export const peers: Readonly<Record<PeerName, (count: number) => PeerPick>> = {
  'moleculer round robin': (count) => moleculerPick('RoundRobin', count),
  'moleculer random': (count) => moleculerPick('Random', count),
  'undici BalancedPool': undiciPick,
  'grpc-js round robin': grpcPick,
};

const require = createRequire(import.meta.url);

interface Moleculer {
  readonly Strategies: Readonly<
    Record<'RoundRobin' | 'Random', new () => { select: (list: readonly object[]) => object }>
  >;
}

function moleculerPick(name: keyof Moleculer['Strategies'], count: number): PeerPick {
  const { Strategies }: Moleculer = require('moleculer');
  const strategy = new Strategies[name]();
  const endpoints = Array.from(Array(count).keys(), (id) => ({ id, state: true }));
  return () => strategy.select(endpoints);
}

/** The part of `dispatch` that chooses the pool. Nothing is connected before a request is sent. */
function undiciPick(count: number): PeerPick {
  const { kGetDispatcher }: { readonly kGetDispatcher: symbol } = require('undici/lib/dispatcher/pool-base.js');
  const pool = new BalancedPool(addresses(count).map(({ host, port }) => `http://${host}:${port}`));
  const choose: unknown = Reflect.get(pool, kGetDispatcher);
  if (typeof choose !== 'function') throw new Error('undici chooses its dispatchers in another way by now');
  return () => Reflect.apply(choose, pool, []);
}

interface GrpcPicker {
  pick(args: object): unknown;
}

interface Grpc {
  readonly connectivityState: { readonly READY: number };
  readonly Metadata: new () => object;
  readonly experimental: {
    readonly ChildLoadBalancerHandler: new (helper: object) => {
      updateAddressList(endpoints: unknown, config: unknown, options: object, note: string): boolean;
    };
    parseLoadBalancingConfig(config: object): unknown;
    statusOrFromValue(value: unknown): unknown;
  };
}

/** The picker that its own balancer makes of subchannels that say they are connected. */
function grpcPick(count: number): PeerPick {
  const { connectivityState, experimental, Metadata }: Grpc = require('@grpc/grpc-js');
  let picker: GrpcPicker | undefined;
  const handler = new experimental.ChildLoadBalancerHandler({
    createSubchannel: () => readySubchannel(connectivityState.READY),
    updateState: (_: number, next: GrpcPicker) => {
      picker = next;
    },
    requestReresolution: () => undefined,
    addChannelzChild: () => undefined,
    removeChannelzChild: () => undefined,
  });
  const endpoints = addresses(count).map((address) => ({ addresses: [address] }));
  const config = experimental.parseLoadBalancingConfig({ round_robin: {} });
  handler.updateAddressList(experimental.statusOrFromValue(endpoints), config, {}, '');
  const ready = picker;
  if (ready === undefined) throw new Error('grpc-js has told of no picker');
  const call = { metadata: new Metadata(), extraPickInfo: {} };
  return () => ready.pick(call);
}

function nothing(): void {}

function readySubchannel(ready: number): object {
  return {
    getConnectivityState: () => ready,
    isHealthy: () => true,
    addConnectivityStateListener: nothing,
    removeConnectivityStateListener: nothing,
    addHealthStateWatcher: nothing,
    removeHealthStateWatcher: nothing,
    startConnecting: nothing,
    ref: nothing,
    unref: nothing,
    getAddress: () => '10.42.0.1:1024',
    getChannelzRef: () => ({}),
  };
}

function addresses(count: number): readonly { readonly host: string; readonly port: number }[] {
  return Array.from({ length: count }, (_, index) => ({
    host: `10.42.${index >> 14}.${(index >> 8) & 63}`,
    port: 1_024 + (index & 255),
  }));
}

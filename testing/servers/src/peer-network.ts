import type { EtcdServer } from './etcd-server.ts';
import { tcpPortsOf } from './process-sockets.ts';
import type { ProxyConnection } from './proxy-connection.ts';
import { TcpProxy } from './tcp-proxy.ts';

/**
 * The network between the members of a cluster: one proxy before each member's peer port. What a member gets runs through its
 * own proxy; what it sends runs through those of the others, where its connections are told by the process that holds them.
 */
export class PeerNetwork implements AsyncDisposable {
  readonly #proxies: readonly TcpProxy[];
  readonly #isolated: Set<EtcdServer> = new Set<EtcdServer>();
  #members: readonly EtcdServer[] = [];

  private constructor(proxies: readonly TcpProxy[]) {
    this.#proxies = proxies;
  }

  /** A network of proxies before these ports. */
  static async start(host: string, peerPorts: readonly number[]): Promise<PeerNetwork> {
    const proxies: TcpProxy[] = [];
    const network = new PeerNetwork(proxies);
    for (const port of peerPorts)
      proxies.push(
        await TcpProxy.start({ host, port }, { onConnection: (connection) => network.#silenceIsolated([connection]) }),
      );
    return network;
  }

  /** Where the members reach each other, in the order of the ports. */
  get urls(): readonly string[] {
    return this.#proxies.map((proxy) => `http://${proxy.endpoint}`);
  }

  /** Names the members behind the ports, in their order. */
  connect(members: readonly EtcdServer[]): void {
    this.#members = members;
  }

  /** Nothing passes between this member and the others, either way; connections stay open and silent. */
  isolate(member: EtcdServer): void {
    this.#isolated.add(member);
    this.#proxyOf(member).blackHole();
    this.#silenceIsolated(this.#proxies.flatMap((proxy) => proxy.openConnections));
  }

  isIsolated(member: EtcdServer): boolean {
    return this.#isolated.has(member);
  }

  /** Ends the isolation of all. Connections that were silent break, so that members dial anew at once. */
  heal(): void {
    for (const member of this.#isolated) {
      this.#proxyOf(member).reset();
      this.#proxyOf(member).restore();
    }
    this.#isolated.clear();
    for (const proxy of this.#proxies)
      for (const connection of proxy.openConnections) if (connection.isFrozen) connection.reset();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const proxy of this.#proxies) await proxy[Symbol.asyncDispose]();
  }

  #silenceIsolated(connections: readonly ProxyConnection[]): void {
    for (const { pid } of this.#isolated) {
      const ports = pid === undefined ? new Set() : tcpPortsOf(pid);
      for (const connection of connections) if (ports.has(connection.clientPort)) connection.freeze();
    }
  }

  #proxyOf(member: EtcdServer): TcpProxy {
    const proxy = this.#proxies[this.#members.indexOf(member)];
    if (proxy === undefined) throw new Error(`${member.name} is not a member of this cluster.`);
    return proxy;
  }
}

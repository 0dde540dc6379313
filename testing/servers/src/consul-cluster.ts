import { bracketed } from './bracketed.ts';
import { ConsulAdmin } from './consul-admin.ts';
import type { ConsulMembership, ConsulOptions } from './consul-config.ts';
import { consulPorts, ConsulServer, type ConsulWipeOptions } from './consul-server.ts';
import { poll } from './poll.ts';
import { temporaryFolder } from './server-process.ts';

/** How many agents, and how they are to run. */
export interface ConsulClusterOptions extends ConsulOptions {
  /** Default 3. */
  readonly servers?: number;
  /** Agents that hold no data of the cluster and pass calls on to the servers, as they run beside applications. Default 0. */
  readonly clients?: number;
}

/** Several servers of Consul, and agents that are clients of theirs. */
export class ConsulCluster implements AsyncDisposable {
  readonly servers: readonly ConsulServer[];
  readonly clients: readonly ConsulServer[];
  readonly #options: ConsulOptions;

  /** Not started yet. */
  constructor(servers: readonly ConsulServer[], clients: readonly ConsulServer[], options: ConsulOptions) {
    this.servers = servers;
    this.clients = clients;
    this.#options = options;
  }

  /** The servers, then the clients. */
  get members(): readonly ConsulServer[] {
    return [...this.servers, ...this.clients];
  }

  /** Starts those that do not run, and waits until they serve. */
  async start(): Promise<void> {
    await Promise.all(this.members.map((member) => member.start()));
  }

  /** Waits for a leader, and until all members that run have settled: see `ConsulServer.settled`. */
  async settled(): Promise<void> {
    await this.leader();
    await Promise.all(this.members.filter(({ pid }) => pid !== undefined).map((member) => member.settled()));
  }

  /** Waits until a server leads and a majority of all servers follows it. */
  async leader(): Promise<ConsulServer> {
    return poll(() => this.#agreedLeader(), { what: 'the cluster has a leader', withinMs: 20_000 });
  }

  /** Waits for a leader. @returns some server that runs and is not it */
  async follower(): Promise<ConsulServer> {
    const leader = await this.leader();
    const follower = this.servers.find((server) => server !== leader && server.pid !== undefined);
    if (follower === undefined) throw new Error('There is no follower.');
    return follower;
  }

  /** Ends the leader at once (SIGKILL). @returns it, for `start` to bring it back */
  async killLeader(): Promise<ConsulServer> {
    const leader = await this.leader();
    await leader.kill();
    return leader;
  }

  /** Starts all members anew on the same ports, with no data. */
  async wipe(options: ConsulWipeOptions = {}): Promise<void> {
    await Promise.all(this.members.map((member) => member.erase(options)));
    await this.start();
  }

  /** An operator at this member, with the token that may do everything. */
  admin(member: ConsulServer, timeoutMs: number = 10_000): ConsulAdmin {
    const { acl, tls } = this.#options;
    return new ConsulAdmin(member.url, { ...acl, ...(tls !== undefined && { tls }), timeoutMs });
  }

  /** Ends all members and deletes all that they left. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.members.map((member) => member[Symbol.asyncDispose]()));
  }

  async #agreedLeader(): Promise<ConsulServer | undefined> {
    const views = await Promise.all(this.servers.map((server) => this.#leaderFor(server)));
    return this.servers.find(
      ({ rpcEndpoint }, index) =>
        views[index] === rpcEndpoint &&
        views.filter((leader) => leader === rpcEndpoint).length > this.servers.length / 2,
    );
  }

  /** Whom this server follows; undefined when it follows nobody or does not answer. */
  async #leaderFor(server: ConsulServer): Promise<string | undefined> {
    try {
      return await this.admin(server, 1_000).leader();
    } catch {
      return undefined;
    }
  }
}

/** Starts a cluster and waits until it has a leader and all its members serve. */
export async function startConsulCluster(
  binary: string,
  { servers = 3, clients = 0, ...options }: ConsulClusterOptions = {},
): Promise<ConsulCluster> {
  const host = bracketed(options.host ?? '127.0.0.1');
  const ports = await Promise.all(Array.from({ length: servers + clients }, () => consulPorts(options)));
  const join = ports.slice(0, servers).map(({ serf }) => `${host}:${serf}`);
  const members: ConsulServer[] = [];
  for (const [index, own] of ports.entries()) {
    const role: Pick<ConsulMembership, 'kind' | 'nodeName'> =
      index < servers
        ? { kind: 'server', nodeName: `server-${index}` }
        : { kind: 'client', nodeName: `client-${index - servers}` };
    const membership = { ...role, servers, join };
    members.push(new ConsulServer(binary, await temporaryFolder('consul'), own, membership, options));
  }
  const cluster = new ConsulCluster(members.slice(0, servers), members.slice(servers), options);
  try {
    await cluster.start();
    await cluster.leader();
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
  return cluster;
}

import { Elections } from './elections.ts';
import { EtcdAdmin } from './etcd-admin.ts';
import { type EtcdOptions, EtcdServer, type WipeOptions } from './etcd-server.ts';
import { freePorts } from './free-ports.ts';
import { PeerNetwork } from './peer-network.ts';
import { poll } from './poll.ts';
import { temporaryFolder } from './server-process.ts';

/** What a member says of itself; nothing, when it does not answer. */
interface MemberView {
  readonly member: EtcdServer;
  readonly memberId: string | undefined;
  /** The id of the member that it follows. */
  readonly leader: string | undefined;
}

/** Several members of etcd that can be cut off from each other while their clients still reach them. */
export class EtcdCluster implements AsyncDisposable {
  readonly members: readonly EtcdServer[];
  readonly #network: PeerNetwork;
  readonly #options: EtcdOptions;

  /** Not started yet. */
  constructor(members: readonly EtcdServer[], network: PeerNetwork, options: EtcdOptions) {
    this.members = members;
    this.#network = network;
    this.#options = options;
    network.connect(members);
  }

  /** Where clients reach the members: `127.0.0.1:1234`. */
  get endpoints(): readonly string[] {
    return this.members.map((member) => member.endpoint);
  }

  /** Where clients reach the members: `http://127.0.0.1:1234`. */
  get urls(): readonly string[] {
    return this.members.map((member) => member.url);
  }

  /** Starts those that do not run, and waits until they serve. */
  async start(): Promise<void> {
    await Promise.all(this.members.map((member) => member.start()));
  }

  /** Waits until a member that is not isolated leads, and a majority of all members follows it. */
  async leader(): Promise<EtcdServer> {
    return poll(() => this.#agreedLeader(), { what: 'the cluster has a leader', withinMs: 20_000 });
  }

  /** Waits for a leader. @returns some member that runs, is not isolated and is not it */
  async follower(): Promise<EtcdServer> {
    const leader = await this.leader();
    const follower = this.members.find(
      (member) => member !== leader && member.pid !== undefined && !this.#network.isIsolated(member),
    );
    if (follower === undefined) throw new Error('There is no follower.');
    return follower;
  }

  /** Ends the leader at once (SIGKILL). @returns it, for `start` to bring it back */
  async killLeader(): Promise<EtcdServer> {
    const leader = await this.leader();
    await leader.kill();
    return leader;
  }

  /** Whether this member knows of a leader. */
  async hasLeader(member: EtcdServer): Promise<boolean> {
    return (await this.admin(member).status()).leader !== undefined;
  }

  /** Notices elections from now on, among the members that are not isolated. The first is that of the leader of now. */
  followElections(): Elections {
    return new Elections(async () => {
      const connected = this.members.filter((member) => !this.#network.isIsolated(member));
      const views = await Promise.allSettled(connected.map((member) => this.admin(member, 1_000).status()));
      return views.flatMap((view) => (view.status === 'fulfilled' ? [Number(view.value.raftTerm)] : []));
    });
  }

  /** Cuts this member off from its peers, both ways and until `heal`; clients still reach it. Only on Linux. */
  isolate(member: EtcdServer): void {
    this.#network.isolate(member);
  }

  /** Ends the isolation of all members. */
  heal(): void {
    this.#network.heal();
  }

  /** Starts all members anew on the same ports, with no data. */
  async wipe(options: WipeOptions = {}): Promise<void> {
    await Promise.all(this.members.map((member) => member.erase(options)));
    await this.start();
  }

  /** An operator at this member, without authentication. */
  admin(member: EtcdServer, timeoutMs: number = 10_000): EtcdAdmin {
    const { tls } = this.#options;
    return new EtcdAdmin(member.url, tls === undefined ? { timeoutMs } : { tls, timeoutMs });
  }

  /** Ends all members and deletes all that they left. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.members.map((member) => member[Symbol.asyncDispose]()));
    await this.#network[Symbol.asyncDispose]();
  }

  async #agreedLeader(): Promise<EtcdServer | undefined> {
    const views = await Promise.all(this.members.map((member) => this.#viewOf(member)));
    const leader = views.find(
      ({ member, memberId, leader: followed }) =>
        memberId !== undefined &&
        followed === memberId &&
        !this.#network.isIsolated(member) &&
        views.filter((view) => view.leader === memberId).length > this.members.length / 2,
    );
    return leader?.member;
  }

  async #viewOf(member: EtcdServer): Promise<MemberView> {
    try {
      const { memberId, leader } = await this.admin(member, 1_000).status();
      return { member, memberId, leader };
    } catch {
      return { member, memberId: undefined, leader: undefined };
    }
  }
}

/** Starts a cluster and waits until all its members serve. */
export async function startEtcdCluster(
  binary: string,
  size: number = 3,
  options: EtcdOptions = {},
): Promise<EtcdCluster> {
  const host = options.host ?? '127.0.0.1';
  const ports = await freePorts(size * 3, host);
  const peerPorts = ports.slice(0, size);
  const network = await PeerNetwork.start(host, peerPorts);
  const members: EtcdServer[] = [];
  const cluster = network.urls.map((url, index) => `m${index}=${url}`).join(',');
  for (const [index, peerUrl] of network.urls.entries()) {
    const membership = { name: `m${index}`, peerPort: peerPorts[index] ?? 0, peerUrl, cluster };
    const clientPorts = { client: ports[size + index] ?? 0, health: ports[2 * size + index] ?? 0 };
    members.push(new EtcdServer(binary, await temporaryFolder('etcd'), clientPorts, membership, options));
  }
  const started = new EtcdCluster(members, network, options);
  try {
    await started.start();
  } catch (error) {
    await started[Symbol.asyncDispose]();
    throw error;
  }
  return started;
}

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bracketed } from './bracketed.ts';
import { freePorts } from './free-ports.ts';
import { ServerProcess, temporaryFolder } from './server-process.ts';

/** The server's side of TLS: paths of PEM files. */
export interface EtcdTls {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  /** Whether clients have to show a certificate of `ca`. Default false. */
  readonly clientAuth?: boolean;
}

/** How a member is to run. */
export interface EtcdOptions {
  /**
   * In milliseconds, default 300; heartbeats are sent six times as often. The shortest lease that etcd grants is 1.5 times
   * this, in whole seconds, rounded up.
   */
  readonly electionTimeoutMs?: number;
  /** The address it binds, default `127.0.0.1`. */
  readonly host?: string;
  /** Serves clients by https. */
  readonly tls?: EtcdTls;
  /** More flags of the command line; what stands here wins over the usual ones. */
  readonly args?: readonly string[];
}

/** How a member is known to its peers. */
export interface EtcdMembership {
  readonly name: string;
  readonly peerPort: number;
  /** Where the other members reach it. */
  readonly peerUrl: string;
  /** All members: `name=peerUrl`, with commas between them. */
  readonly cluster: string;
}

/** What a wipe changes besides the data. */
export interface WipeOptions {
  /**
   * Whether the server comes back under other cluster and member ids. Default false: etcd makes the ids out of names, URLs and
   * the cluster's token, so that the same command line gives the same ids, and only revisions tell that the data are new.
   */
  readonly newIdentity?: boolean;
}

/** One member of etcd, on ports of its own. */
export class EtcdServer implements AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  /** Where clients reach it, such as `http://127.0.0.1:1234`. */
  readonly url: string;
  /** The same without the scheme: `127.0.0.1:1234`. */
  readonly endpoint: string;
  readonly #process: ServerProcess;
  readonly #dataFolder: string;
  #generation = 0;

  /** Not started yet. `ports` are those for clients and for the readiness check. */
  constructor(
    binary: string,
    folder: string,
    ports: { readonly client: number; readonly health: number },
    membership: EtcdMembership,
    options: EtcdOptions,
  ) {
    this.host = options.host ?? '127.0.0.1';
    this.port = ports.client;
    this.name = membership.name;
    this.endpoint = `${bracketed(this.host)}:${this.port}`;
    this.url = `${options.tls === undefined ? 'http' : 'https'}://${this.endpoint}`;
    this.#dataFolder = join(folder, 'data');
    const health = `http://${bracketed(this.host)}:${ports.health}`;
    this.#process = new ServerProcess(
      {
        name: `etcd ${membership.name}`,
        binary,
        args: () => [
          `--name=${membership.name}`,
          `--data-dir=${this.#dataFolder}`,
          `--listen-client-urls=${this.url}`,
          `--advertise-client-urls=${this.url}`,
          `--listen-metrics-urls=${health}`,
          `--listen-peer-urls=http://${bracketed(this.host)}:${membership.peerPort}`,
          `--initial-advertise-peer-urls=${membership.peerUrl}`,
          `--initial-cluster=${membership.cluster}`,
          `--initial-cluster-token=${membership.cluster}#${this.#generation}`,
          ...usualArgs(options),
          ...(options.args ?? []),
        ],
        isReady: () => isHealthy(health),
      },
      folder,
    );
  }

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Runs it, on the data that it left, and waits until it serves; a member of a cluster does so only with a majority. */
  start(): Promise<void> {
    return this.#process.start();
  }

  /** Ends it in good order (SIGTERM). Its data stay, for `start`. */
  stop(): Promise<void> {
    return this.#process.stop();
  }

  /** Ends it at once (SIGKILL). Its data stay, for `start`. */
  kill(): Promise<void> {
    return this.#process.kill();
  }

  /** Freezes it (SIGSTOP): its connections stay open and silent. */
  pause(): void {
    this.#process.pause();
  }

  /** Lets it go on (SIGCONT) after a pause. */
  resume(): void {
    this.#process.resume();
  }

  /** Ends it at once and starts it again, on the same ports and data. */
  restart(): Promise<void> {
    return this.#process.restart();
  }

  /** Starts it anew on the same ports, with no data. One member of several cannot be wiped alone: wipe the cluster. */
  async wipe(options: WipeOptions = {}): Promise<void> {
    await this.erase(options);
    await this.start();
  }

  /** Ends it and deletes its data; `start` begins anew. */
  async erase({ newIdentity = false }: WipeOptions = {}): Promise<void> {
    await this.kill();
    await rm(this.#dataFolder, { recursive: true, force: true, maxRetries: 3 });
    if (newIdentity) this.#generation += 1;
  }

  /** The last lines of its log, over all its starts. */
  logTail(lines?: number): Promise<string> {
    return this.#process.logTail(lines);
  }

  /** Ends it and deletes all that it left. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}

/** Starts one etcd that is a cluster by itself, and waits until it serves. */
export async function startEtcd(binary: string, options: EtcdOptions = {}): Promise<EtcdServer> {
  const host = options.host ?? '127.0.0.1';
  const [client = 0, health = 0, peerPort = 0] = await freePorts(3, host);
  const name = 'single';
  const peerUrl = `http://${bracketed(host)}:${peerPort}`;
  const membership = { name, peerPort, peerUrl, cluster: `${name}=${peerUrl}` };
  const folder = await temporaryFolder('etcd');
  const server = new EtcdServer(binary, folder, { client, health }, membership, options);
  try {
    await server.start();
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  return server;
}

function usualArgs({ electionTimeoutMs = 300, tls }: EtcdOptions): readonly string[] {
  const usual = [
    `--heartbeat-interval=${Math.round(electionTimeoutMs / 6)}`,
    `--election-timeout=${electionTimeoutMs}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
    '--logger=zap',
  ];
  if (tls === undefined) return usual;
  const secure = [...usual, `--cert-file=${tls.cert}`, `--key-file=${tls.key}`];
  // To name a CA is to ask clients for certificates, with `--client-cert-auth` or without.
  return tls.clientAuth === true ? [...secure, '--client-cert-auth', `--trusted-ca-file=${tls.ca}`] : secure;
}

// Asked on a listener for this alone, without TLS: it answers whatever is asked of clients. The log notes each time that
// /health says no, so the gauge is asked first.
async function isHealthy(url: string): Promise<boolean> {
  const metrics = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(1_000) });
  if (!(await metrics.text()).includes('\netcd_server_has_leader 1\n')) return false;
  const health = await fetch(`${url}/health`, { signal: AbortSignal.timeout(1_000) });
  await health.body?.cancel();
  return health.ok;
}

import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bracketed } from './bracketed.ts';
import { consulConfig, type ConsulMembership, type ConsulOptions, type ConsulPorts } from './consul-config.ts';
import { ConsulHttp } from './consul-http.ts';
import { aclsKnown, settle } from './consul-settling.ts';
import { freePorts } from './free-ports.ts';
import { objectsOf } from './json-fields.ts';
import { ServerProcess, temporaryFolder } from './server-process.ts';

/** How an agent by itself is to run. */
export interface SingleConsulOptions extends ConsulOptions {
  /**
   * `dev` keeps nothing: it is up in half a second and empty after each start. `server` has its data on disk and is up in
   * two. Default `dev`.
   */
  readonly kind?: 'dev' | 'server';
}

/** What a wipe changes besides the data. */
export interface ConsulWipeOptions {
  /**
   * Whether the agent comes back under another node id. Default false. Under its old name and another id, a client serves as if
   * nothing was wrong, but the servers refuse what it tells them: nothing of it reaches the catalog.
   */
  readonly newIdentity?: boolean;
}

/** One agent of Consul, on ports of its own. */
export class ConsulServer implements AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** The node's name in the catalog. */
  readonly nodeName: string;
  /** Where clients reach it, such as `http://127.0.0.1:1234`. */
  readonly url: string;
  /** The same without the scheme: `127.0.0.1:1234`. */
  readonly endpoint: string;
  /** As what the others name it when it leads. */
  readonly rpcEndpoint: string;
  readonly #process: ServerProcess;
  readonly #ports: ConsulPorts;
  readonly #membership: ConsulMembership;
  readonly #options: ConsulOptions;
  readonly #health: ConsulHttp;
  #nodeId: string = randomUUID();
  #starts = 0;

  /** Not started yet. */
  constructor(
    binary: string,
    folder: string,
    ports: ConsulPorts,
    membership: ConsulMembership,
    options: ConsulOptions,
  ) {
    this.host = options.host ?? '127.0.0.1';
    this.port = ports.client;
    this.nodeName = membership.nodeName;
    this.endpoint = `${bracketed(this.host)}:${this.port}`;
    this.url = `${options.tls === undefined ? 'http' : 'https'}://${this.endpoint}`;
    this.rpcEndpoint = `${bracketed(this.host)}:${ports.server}`;
    this.#ports = ports;
    this.#membership = membership;
    this.#options = options;
    // Asked without TLS: a client's certificate may be required, and the server's need not name this host.
    this.#health = new ConsulHttp(`http://${bracketed(this.host)}:${ports.health}`, {
      ...options.acl,
      timeoutMs: 1_000,
    });
    this.#process = new ServerProcess(
      {
        name: `consul ${membership.nodeName}`,
        binary,
        args: () => ['agent', ...(membership.kind === 'dev' ? ['-dev'] : []), `-config-file=${this.#configFile}`],
        isReady: () => this.#isReady(),
      },
      folder,
    );
  }

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /**
   * Runs it, on the data that it left, and waits until it serves: there is a leader, the catalog has this node as alive, and
   * with ACLs their token works. A server of several needs a majority for that, and a client servers.
   */
  async start(): Promise<void> {
    if (this.pid !== undefined) return;
    this.#starts += 1;
    const config = consulConfig({
      host: this.host,
      dataFolder: this.#dataFolder,
      ports: this.#ports,
      membership: this.#membership,
      options: this.#options,
      nodeId: this.#nodeId,
      mark: String(this.#starts),
    });
    await writeFile(this.#configFile, JSON.stringify(config));
    await this.#process.start();
  }

  /**
   * Waits until the catalog hears at once of TTL checks that run out here: for up to 3 s after a start, and again after each
   * election, it may hear late. To be called while nobody else writes to this agent, since after each write it tells
   * everything. With ACLs it has also learnt by then that its cluster has them, and keeps what it learns of tokens. Not for one
   * that is paused.
   */
  async settled(): Promise<void> {
    if (this.#options.acl !== undefined) await aclsKnown(this.#health, this.nodeName);
    await settle(this.#health, this.nodeName, String(this.#starts));
  }

  /** Ends it in good order (SIGTERM), without leaving the cluster. Its data stay, for `start`. */
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
  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** Starts it anew on the same ports, with no data. */
  async wipe(options: ConsulWipeOptions = {}): Promise<void> {
    await this.erase(options);
    await this.start();
  }

  /** Ends it and deletes its data; `start` begins anew. */
  async erase({ newIdentity = false }: ConsulWipeOptions = {}): Promise<void> {
    await this.kill();
    await rm(this.#dataFolder, { recursive: true, force: true, maxRetries: 3 });
    if (newIdentity) this.#nodeId = randomUUID();
  }

  /** The last lines of its log, over all its starts. */
  logTail(lines?: number): Promise<string> {
    return this.#process.logTail(lines);
  }

  /** Ends it and deletes all that it left. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }

  get #configFile(): string {
    return join(this.#process.folder, 'config.json');
  }

  get #dataFolder(): string {
    return join(this.#process.folder, 'data');
  }

  async #isReady(): Promise<boolean> {
    if ((await this.#health.get('/v1/status/leader')) === '') return false;
    // A leader is named before it serves; a consistent read is answered only when it does.
    const checks = objectsOf(await this.#health.get(`/v1/health/node/${this.nodeName}?consistent`));
    if (!checks.some((check) => check['CheckID'] === 'serfHealth' && check['Status'] === 'passing')) return false;
    if (this.#options.acl !== undefined) await this.#health.get('/v1/acl/token/self');
    return true;
  }
}

/** Starts one agent that is a datacenter by itself, and waits until it serves. */
export async function startConsul(
  binary: string,
  { kind = 'dev', ...options }: SingleConsulOptions = {},
): Promise<ConsulServer> {
  const ports = await consulPorts(options);
  const membership = { kind, nodeName: 'single', servers: 1, join: [] };
  const server = new ConsulServer(binary, await temporaryFolder('consul'), ports, membership, options);
  try {
    await server.start();
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  return server;
}

/** Free ports for one agent. */
export async function consulPorts({ host, tls }: ConsulOptions): Promise<ConsulPorts> {
  const [client = 0, server = 0, serf = 0, health = client] = await freePorts(tls === undefined ? 3 : 4, host);
  return { client, server, serf, health };
}

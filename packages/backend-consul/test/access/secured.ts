import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ConsulAdmin,
  type ConsulServer,
  type ConsulToken,
  startConsul,
  startConsulCluster,
} from '@rollcall/testing-servers';
import type { Registry } from '@rollcall/core';
import { Cast } from './cast.ts';

const master = randomUUID();

/** What may be done to the nodes and services of a cast. */
export const rules = {
  reads: (cast: Cast): string => `service_prefix "${cast.prefix}" { policy = "read" }`,
  writes: (cast: Cast): string => `service_prefix "${cast.prefix}" { policy = "write" }`,
  nodes: 'node_prefix "" { policy = "read" }',
} as const;

interface PolicyName {
  readonly id: string;
  readonly name: string;
}

/** A token with one policy, which can be changed. */
export class Guest {
  readonly secret: string;
  readonly accessor: string;
  readonly #admin: ConsulAdmin;
  readonly #policy: PolicyName;

  private constructor(admin: ConsulAdmin, token: ConsulToken, policy: PolicyName) {
    this.secret = token.secret;
    this.accessor = token.accessor;
    this.#admin = admin;
    this.#policy = policy;
  }

  static async create(admin: ConsulAdmin, ...allowed: readonly string[]): Promise<Guest> {
    const name = `guest-${randomUUID()}`;
    const id = await admin.createPolicy(name, allowed.join('\n'));
    return new Guest(admin, await admin.createToken([id]), { id, name });
  }

  /** Another text for the policy. */
  async edit(...allowed: readonly string[]): Promise<void> {
    await this.#admin.updatePolicy(this.#policy.id, this.#policy.name, allowed.join('\n'));
  }

  async unlink(): Promise<void> {
    await this.#admin.setTokenPolicies(this.accessor, []);
  }

  async link(): Promise<void> {
    await this.#admin.setTokenPolicies(this.accessor, [this.#policy.id]);
  }

  async delete(): Promise<void> {
    await this.#admin.deleteToken(this.accessor);
  }
}

/** Where tests meet ACLs: each with names and tokens of its own. */
export interface Stage extends AsyncDisposable {
  /** The agent that clients are told. */
  readonly agent: ConsulServer;
  /** The server behind it, which may be the same. */
  readonly server: ConsulServer;
}

/** An agent alone, which is a server: what a token may do it knows at once. */
export async function aloneStage(binary: string): Promise<Stage> {
  const agent = await startConsul(binary, { acl: { token: master }, httpMaxConns: 0 });
  await agent.settled();
  return { agent, server: agent, [Symbol.asyncDispose]: () => agent[Symbol.asyncDispose]() };
}

/** An agent that is a client of a server, and believes as long as by default what it has learnt of rights. */
export async function clientStage(binary: string): Promise<Stage> {
  const ttl = '30s';
  const cluster = await startConsulCluster(binary, {
    servers: 1,
    clients: 1,
    acl: { token: master },
    httpMaxConns: 0,
    config: {
      acl: { token_ttl: ttl, policy_ttl: ttl, role_ttl: ttl },
      // Consul's own: nobody ends an agent here, and one that a busy machine holds up is not to be taken for dead.
      gossip_lan: { gossip_interval: '200ms', probe_interval: '1s', probe_timeout: '500ms' },
    },
  });
  const [agent] = cluster.clients;
  const [server] = cluster.servers;
  if (agent === undefined || server === undefined) throw new Error('the cluster lacks somebody');
  await cluster.settled();
  return { agent, server, [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose]() };
}

/** Everybody of one test, at an agent that asks who is there. */
export class Secured implements AsyncDisposable {
  readonly cast: Cast = new Cast();
  readonly admin: ConsulAdmin;
  readonly agent: ConsulServer;
  readonly server: ConsulServer;
  /** The token that may do everything. */
  readonly master: string = master;

  constructor({ agent, server }: Stage) {
    this.agent = agent;
    this.server = server;
    this.admin = new ConsulAdmin(agent.url, { token: master });
  }

  /** A client with this token, or with none. */
  client(token?: string | { readonly file: string }): Registry {
    return this.cast.client({ endpoints: this.agent.endpoint, ...(token !== undefined && { token }) });
  }

  /** Somebody with these rights. */
  guest(...allowed: readonly string[]): Promise<Guest> {
    return Guest.create(this.admin, ...allowed);
  }

  /** May do everything. */
  observer(): Registry {
    return this.client(master);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cast[Symbol.asyncDispose]();
  }
}

/** A token in a file, which can be written anew. */
interface StoredToken extends AsyncDisposable {
  readonly token: { readonly file: string };
  readonly write: (text: string) => Promise<void>;
}

export async function tokenFile(text: string): Promise<StoredToken> {
  const file = join(tmpdir(), `rollcall-token-${randomUUID()}`);
  const write = (next: string): Promise<void> => writeFile(file, `${next}\n`);
  await write(text);
  return { token: { file }, write, [Symbol.asyncDispose]: () => rm(file) };
}

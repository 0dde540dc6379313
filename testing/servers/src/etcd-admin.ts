import { type EtcdEntry, type EtcdMember, type EtcdStatus, entryOf, memberOf, statusOf } from './etcd-answers.ts';
import type { GatewayTls } from './http-exchange.ts';
import { type JsonFields, listOf, textOf } from './json-fields.ts';
import { GatewayError, JsonGateway } from './json-gateway.ts';

/** Where and how an operator reaches etcd. */
export interface EtcdAdminOptions {
  /** For a server on https. */
  readonly tls?: GatewayTls;
  /** The password of `root`, where authentication is on already. */
  readonly rootPassword?: string;
  /** How long a call may take. Default 10,000. */
  readonly timeoutMs?: number;
}

/** How to write a key. */
export interface PutOptions {
  /** The lease it is under, as etcd's decimal text. Default: none. */
  readonly lease?: string;
  /** Keeps the lease that it is under. */
  readonly ignoreLease?: boolean;
}

/** What an operator does to etcd, through its HTTP gateway: no client under test takes part. For 3.4 and 3.5. */
export class EtcdAdmin {
  readonly #gateway: JsonGateway;
  #rootPassword: string | undefined;
  #token: string | undefined;

  constructor(url: string, options: EtcdAdminOptions = {}) {
    this.#gateway = new JsonGateway(url, options.timeoutMs ?? 10_000, options.tls);
    this.#rootPassword = options.rootPassword;
  }

  async put(
    key: string,
    value: string | Uint8Array,
    { lease = '0', ignoreLease = false }: PutOptions = {},
  ): Promise<void> {
    await this.#call('/v3/kv/put', { key: base64(key), value: base64(value), lease, ignore_lease: ignoreLease });
  }

  async get(key: string): Promise<EtcdEntry | undefined> {
    const [entry] = await this.#range({ key: base64(key) });
    return entry;
  }

  /** Those whose keys begin with `prefix`, in the order of their keys. */
  async getPrefix(prefix: string): Promise<readonly EtcdEntry[]> {
    return this.#range(prefixRange(prefix));
  }

  /** @returns whether there was one */
  async remove(key: string): Promise<boolean> {
    const { deleted } = await this.#call('/v3/kv/deleterange', { key: base64(key) });
    return deleted !== undefined;
  }

  /** @returns how many there were */
  async removePrefix(prefix: string): Promise<number> {
    const { deleted } = await this.#call('/v3/kv/deleterange', prefixRange(prefix));
    return Number(deleted ?? 0);
  }

  /** Forgets what was before this revision, by default the present one, and waits until it is gone. @returns the revision */
  async compact(revision?: string): Promise<string> {
    const upTo = revision ?? (await this.revision());
    await this.#call('/v3/kv/compaction', { revision: upTo, physical: true });
    return upTo;
  }

  /** The store's present revision. */
  async revision(): Promise<string> {
    return (await this.status()).revision;
  }

  /** The ids of all leases, as decimal texts. */
  async leases(): Promise<readonly string[]> {
    return listOf(await this.#call('/v3/lease/leases', {}), 'leases').map((lease) => textOf(lease, 'ID'));
  }

  /** @returns the new lease's id */
  async grantLease(ttlSeconds: number): Promise<string> {
    return textOf(await this.#call('/v3/lease/grant', { TTL: ttlSeconds }), 'ID');
  }

  /** Ends a lease, and with it the keys under it. */
  async revokeLease(id: string): Promise<void> {
    await this.#call('/v3/lease/revoke', { ID: id });
  }

  async memberList(): Promise<readonly EtcdMember[]> {
    return listOf(await this.#call('/v3/cluster/member/list', {}), 'members').map(memberOf);
  }

  /** Of the member that is asked. Answers without a majority too. */
  async status(): Promise<EtcdStatus> {
    return statusOf(await this.#call('/v3/maintenance/status', {}));
  }

  /** Makes `root` and turns authentication on: from now on each call carries a token. */
  async enableAuth({ rootPassword }: { readonly rootPassword: string }): Promise<void> {
    await this.#call('/v3/auth/user/add', { name: 'root', password: rootPassword });
    await this.#call('/v3/auth/role/add', { name: 'root' });
    await this.grantRole('root', 'root');
    await this.#call('/v3/auth/enable', {});
    this.#rootPassword = rootPassword;
  }

  /** Turns authentication off. Users and roles stay, but for `root`, whom `enableAuth` makes anew. */
  async disableAuth(): Promise<void> {
    await this.#call('/v3/auth/disable', {});
    this.#rootPassword = undefined;
    this.#token = undefined;
    await this.#call('/v3/auth/user/delete', { name: 'root' });
    await this.#call('/v3/auth/role/delete', { role: 'root' });
  }

  async addUser(name: string, password: string): Promise<void> {
    await this.#call('/v3/auth/user/add', { name, password });
  }

  async changePassword(name: string, password: string): Promise<void> {
    await this.#call('/v3/auth/user/changepw', { name, password });
  }

  /** A role that may read, or read and write, the keys that begin with `prefix`. */
  async addRole(name: string, prefix: string, access: 'read' | 'readwrite'): Promise<void> {
    await this.#call('/v3/auth/role/add', { name });
    const permission = { permType: access === 'read' ? 'READ' : 'READWRITE', ...prefixRange(prefix) };
    await this.#call('/v3/auth/role/grant', { name, perm: permission });
  }

  async grantRole(user: string, role: string): Promise<void> {
    await this.#call('/v3/auth/user/grant', { user, role });
  }

  async revokeRole(user: string, role: string): Promise<void> {
    await this.#call('/v3/auth/user/revoke', { name: user, role });
  }

  async #range(range: JsonFields): Promise<readonly EtcdEntry[]> {
    return listOf(await this.#call('/v3/kv/range', range), 'kvs').map(entryOf);
  }

  async #call(path: string, body: JsonFields): Promise<JsonFields> {
    if (this.#rootPassword === undefined) return this.#gateway.post(path, body, undefined);
    this.#token ??= await this.#authenticate(this.#rootPassword);
    try {
      return await this.#gateway.post(path, body, this.#token);
    } catch (error) {
      if (!isTokenRefused(error)) throw error;
    }
    // The server forgets its tokens when it restarts, and after five minutes.
    this.#token = await this.#authenticate(this.#rootPassword);
    return this.#gateway.post(path, body, this.#token);
  }

  async #authenticate(password: string): Promise<string> {
    return textOf(await this.#gateway.post('/v3/auth/authenticate', { name: 'root', password }, undefined), 'token');
  }
}

function isTokenRefused(error: unknown): boolean {
  return error instanceof GatewayError && error.message.includes('invalid auth token');
}

function base64(value: string | Uint8Array): string {
  return Buffer.from(value).toString('base64');
}

function prefixRange(prefix: string): { readonly key: string; readonly range_end: string } {
  // etcd's way to say all keys.
  if (prefix === '') return { key: base64('\0'), range_end: base64('\0') };
  const end = Buffer.from(prefix);
  // UTF-8 has no byte of 255 that would have to carry.
  end[end.length - 1] = (end.at(-1) ?? 0) + 1;
  return { key: base64(prefix), range_end: end.toString('base64') };
}

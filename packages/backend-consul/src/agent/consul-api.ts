import type { ConsulRegistration, ConsulRow } from '../layout/consul-entry.ts';
import { ConsulFailure, hidden } from './consul-failure.ts';
import { type ConsulAnswer, type ConsulHttp, refusal } from './consul-http.ts';

/** A check that turns critical when it is not renewed in time. */
export interface TtlCheck {
  readonly CheckID: string;
  readonly Name: string;
  /** A duration as Go writes it: `1500ms`. */
  readonly TTL: string;
  readonly Status: 'passing' | 'critical';
  readonly DeregisterCriticalServiceAfter: string;
  /** Another text with each write: a change of a service alone would not show among the checks. */
  readonly Notes: string;
}

/** A check as the health endpoints tell it. */
export interface StoredCheck {
  readonly CheckID: string;
  /** Empty for a check of a node. */
  readonly ServiceName: string;
  readonly ModifyIndex: number;
}

/** What was read, and at which index of Consul's. */
export interface Indexed<T> {
  readonly value: T;
  readonly index: number;
}

/** A read that waits until the index moves on. */
export interface Poll {
  readonly index: number;
  readonly waitMs: number;
}

/** How the entries of a service are read. */
export interface EntriesTerms {
  /** In Consul's language of filters. */
  readonly filter?: string;
  /** `leader` is as fresh as R1 needs. */
  readonly from: 'leader' | 'any-server';
}

/** An entry of the catalog, by what nobody but its own agent changes. */
export interface StoredAt {
  readonly node: string;
  readonly serviceId: string;
}

/** The calls of Consul's that are made here, and nothing else of it. Each rejects with the reason of its signal, or with a `ConsulFailure`. */
export class ConsulApi {
  readonly #http: ConsulHttp;
  readonly #lane: 'renewal' | 'call';
  #knownNode: string | undefined;

  /** @param lane of all that does not poll */
  constructor(http: ConsulHttp, lane: 'renewal' | 'call') {
    this.#http = http;
    this.#lane = lane;
  }

  /** Puts a service with its check at the agent. A check that exists keeps its status. */
  async register(service: ConsulRegistration, check: TtlCheck, signal: AbortSignal): Promise<void> {
    const path = '/v1/agent/service/register';
    await this.#http.send({ method: 'PUT', path, body: { ...service, Check: check }, signal, lane: this.#lane });
  }

  /** Removes a service, with its checks, from the agent. One that the agent does not know is removed. */
  async deregister(serviceId: string, signal: AbortSignal): Promise<void> {
    const path = `/v1/agent/service/deregister/${encodeURIComponent(serviceId)}`;
    const answer = await this.#http.ask({ method: 'PUT', path, signal, lane: this.#lane });
    // Newer agents say so, older ones answer 200.
    if (answer.status !== 200 && answer.status !== 404 && !/Unknown service/i.test(answer.text)) throw refusal(answer);
  }

  /**
   * Removes a service from the catalog, by the token of now. An agent that removes it tells the catalog by the token that the service was
   * written with, and if that is not good any more, of nothing.
   */
  async deregisterFromCatalog({ node, serviceId }: StoredAt, signal: AbortSignal): Promise<void> {
    const body = { Node: node, ServiceID: serviceId };
    await this.#http.send({ method: 'PUT', path: '/v1/catalog/deregister', body, signal, lane: this.#lane });
  }

  /** Another one whenever the token was replaced: what was written before, the agent keeps under the old one. */
  get tokenVersion(): number {
    return this.#http.tokenVersion;
  }

  /** Renews a TTL check. */
  async pass(checkId: string, signal: AbortSignal): Promise<void> {
    const path = `/v1/agent/check/pass/${encodeURIComponent(checkId)}`;
    await this.#http.send({ method: 'PUT', path, signal, lane: this.#lane });
  }

  /** All entries of a service, whatever their checks say. */
  async entries(name: string, signal: AbortSignal, { filter, from }: EntriesTerms): Promise<Indexed<Rows>> {
    return this.#rows(
      await this.#read(pathOf(name), signal, { ...consistency(from), ...(filter !== undefined && { filter }) }),
    );
  }

  /** The same, once the index is another than `index`; undefined if it is not when the wait is over. */
  async nextEntries(
    name: string,
    signal: AbortSignal,
    { from, index, waitMs }: Pick<EntriesTerms, 'from'> & Poll,
  ): Promise<Indexed<Rows> | undefined> {
    const answer = await this.#poll(pathOf(name), signal, { ...consistency(from) }, { index, waitMs });
    return answer.index === index ? undefined : this.#rows(answer);
  }

  /** The checks of all services that pass. */
  async passingChecks(signal: AbortSignal): Promise<readonly StoredCheck[]> {
    return checksIn(await this.#read('/v1/health/state/passing', signal, consistency('leader')));
  }

  /** All checks, those of services that match `filter`, and those of nodes. */
  async checks(filter: string, signal: AbortSignal): Promise<Indexed<readonly StoredCheck[]>> {
    const answer = await this.#read('/v1/health/state/any', signal, { ...consistency('leader'), filter });
    return { value: checksIn(answer), index: answer.index };
  }

  /** The same, once the index is another than `index`; undefined if it is not when the wait is over. */
  async nextChecks(
    filter: string,
    signal: AbortSignal,
    poll: Poll,
  ): Promise<Indexed<readonly StoredCheck[]> | undefined> {
    const answer = await this.#poll('/v1/health/state/any', signal, { ...consistency('leader'), filter }, poll);
    return answer.index === poll.index ? undefined : { value: checksIn(answer), index: answer.index };
  }

  /** Whether the catalog shows any node at all. One that it has shown is asked for first: a cluster may have thousands. */
  async showsNodes(signal: AbortSignal): Promise<boolean> {
    const known = this.#knownNode;
    if (known !== undefined && (await this.#nodes(signal, { filter: `Node == "${known}"` })).length > 0) return true;
    const nodes = await this.#nodes(signal, {});
    this.#knownNode = nodes.map(({ Node }) => Node).find((name) => /^[\w.-]+$/.test(name));
    return nodes.length > 0;
  }

  /**
   * Whether the servers let the token read a service: an agent by itself may believe for half a minute what was true before. Asked for the
   * proxies of a service that may not be read they answer nothing, as ever, but without having looked: by the answer, they know no leader.
   */
  async mayRead(name: string, signal: AbortSignal): Promise<boolean> {
    const path = `/v1/health/connect/${encodeURIComponent(name)}`;
    return (await this.#read(path, signal, consistency('leader'))).isOfLeader;
  }

  /** Whether the agent has ACLs, as far as it knows. */
  async hasAcls(signal: AbortSignal): Promise<boolean> {
    const path = '/v1/internal/acl/authorize';
    const answer = await this.#http.ask({ method: 'POST', path, body: [], signal, lane: this.#lane });
    return answer.status !== 401 && answer.status !== 404;
  }

  /** What to tell of an answer that lacks what is there. The token may have been replaced: it is read again. */
  hidden(reason: string): ConsulFailure {
    this.#http.distrustToken();
    return hidden(reason);
  }

  /** Which of these entries the catalog does not have, whatever the token may see: 64 at most. */
  async missing(entries: readonly StoredAt[], signal: AbortSignal): Promise<readonly StoredAt[]> {
    const body = entries.map(({ node, serviceId }) => ({
      Service: { Verb: 'get', Node: node, Service: { ID: serviceId } },
    }));
    const path = '/v1/txn';
    const query = consistency('leader');
    const answer = await this.#http.ask({ method: 'PUT', path, query, body, signal, lane: this.#lane });
    if (answer.status === 200) return [];
    if (answer.status !== 409) throw refusal(answer);
    const told = errorsIn(answer).filter(({ What }) => /doesn't exist|not found/i.test(What));
    return told.flatMap(({ OpIndex }) => entries[OpIndex] ?? []);
  }

  async #nodes(signal: AbortSignal, query: Query): Promise<readonly { readonly Node: string }[]> {
    return nodesIn(await this.#read('/v1/catalog/nodes', signal, { ...consistency('leader'), ...query }));
  }

  #rows(answer: ConsulAnswer): Indexed<Rows> {
    if (answer.isFiltered) throw this.hidden('Consul left out what the token may not see');
    return { value: rowsIn(answer), index: answer.index };
  }

  #read(path: string, signal: AbortSignal, query: Query): Promise<ConsulAnswer> {
    return this.#http.send({ method: 'GET', path, signal, lane: this.#lane, query });
  }

  #poll(path: string, signal: AbortSignal, query: Query, { index, waitMs }: Poll): Promise<ConsulAnswer> {
    return this.#http.send({
      method: 'GET',
      path,
      signal,
      lane: 'poll',
      query: { ...query, index: String(index), wait: `${waitMs}ms` },
      waitMs,
    });
  }
}

type Query = Readonly<Record<string, string>>;
type Rows = readonly ConsulRow[];

function pathOf(name: string): string {
  return `/v1/health/service/${encodeURIComponent(name)}`;
}

/** How many entries `missing` takes at once: the servers' limit for a transaction. */
export const mostInTransaction = 64;

function consistency(from: EntriesTerms['from']): Query {
  return from === 'leader' ? { consistent: '' } : { stale: '' };
}

/** @throws ConsulFailure */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConsulFailure('Consul answered something else than JSON', { cause: error });
  }
}

/** @throws ConsulFailure when Consul answered something else */
function listIn({ text }: ConsulAnswer): readonly unknown[] {
  const value: unknown = parsed(text);
  if (!Array.isArray(value)) throw new ConsulFailure('Consul answered something else than a list');
  return value;
}

// What Consul documents: its fields are looked at where they are read.
// oxlint-disable typescript/no-unsafe-type-assertion

function rowsIn(answer: ConsulAnswer): readonly ConsulRow[] {
  return listIn(answer) as readonly ConsulRow[];
}

function nodesIn(answer: ConsulAnswer): readonly { readonly Node: string }[] {
  return listIn(answer) as readonly { readonly Node: string }[];
}

function errorsIn({ text }: ConsulAnswer): readonly { readonly OpIndex: number; readonly What: string }[] {
  const { Errors } = parsed(text) as {
    readonly Errors: readonly { readonly OpIndex: number; readonly What: string }[] | null;
  };
  return Errors ?? [];
}

function checksIn(answer: ConsulAnswer): readonly StoredCheck[] {
  return listIn(answer) as readonly StoredCheck[];
}

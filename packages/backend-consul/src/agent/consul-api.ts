import type { ConsulRegistration, ConsulRow } from '../layout/consul-entry.ts';
import { ConsulFailure } from './consul-failure.ts';
import type { ConsulAnswer, ConsulHttp } from './consul-http.ts';

/** A check that turns critical when it is not renewed in time. */
export interface TtlCheck {
  readonly CheckID: string;
  readonly Name: string;
  /** A duration as Go writes it: `1500ms`. */
  readonly TTL: string;
  readonly Status: 'passing' | 'critical';
  readonly DeregisterCriticalServiceAfter: string;
}

/** A check as the health endpoints tell it. */
export interface StoredCheck {
  readonly CheckID: string;
  readonly ServiceName: string;
  readonly Status: string;
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

/** The calls of Consul's that are made here, and nothing else of it. Each rejects with the reason of its signal, or with a `ConsulFailure`. */
export class ConsulApi {
  readonly #http: ConsulHttp;

  constructor(http: ConsulHttp) {
    this.#http = http;
  }

  /** Puts a service with its check at the agent. A check that exists keeps its status. */
  async register(service: ConsulRegistration, check: TtlCheck, signal: AbortSignal): Promise<void> {
    const path = '/v1/agent/service/register';
    await this.#http.send({ method: 'PUT', path, body: { ...service, Check: check }, signal });
  }

  /** Removes a service, with its checks, from the agent. */
  async deregister(serviceId: string, signal: AbortSignal): Promise<void> {
    const path = `/v1/agent/service/deregister/${encodeURIComponent(serviceId)}`;
    await this.#http.send({ method: 'PUT', path, signal });
  }

  /** Renews a TTL check. */
  async pass(checkId: string, signal: AbortSignal): Promise<void> {
    const path = `/v1/agent/check/pass/${encodeURIComponent(checkId)}`;
    await this.#http.send({ method: 'PUT', path, signal });
  }

  /** All entries of a service, whatever their checks say, read from the leader. */
  async entries(
    name: string,
    signal: AbortSignal,
    terms: { readonly filter?: string; readonly poll?: Poll } = {},
  ): Promise<Indexed<readonly ConsulRow[]>> {
    const { filter, poll } = terms;
    const answer = await this.#http.send({
      method: 'GET',
      path: `/v1/health/service/${encodeURIComponent(name)}`,
      query: {
        consistent: '',
        ...(filter !== undefined && { filter }),
        ...(poll !== undefined && { index: String(poll.index), wait: `${poll.waitMs}ms` }),
      },
      signal,
      ...(poll !== undefined && { waitMs: poll.waitMs }),
    });
    return { value: rowsIn(answer), index: answer.index };
  }

  /** The checks of all services that pass. */
  async passingChecks(signal: AbortSignal): Promise<readonly StoredCheck[]> {
    const path = '/v1/health/state/passing';
    return checksIn(await this.#http.send({ method: 'GET', path, query: { consistent: '' }, signal }));
  }
}

/** @throws ConsulFailure when Consul answered something else */
function listIn({ text }: ConsulAnswer): readonly unknown[] {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) throw new ConsulFailure('Consul answered something else than a list');
  return value;
}

// What Consul documents: its fields are looked at where they are read.
// oxlint-disable typescript/no-unsafe-type-assertion

function rowsIn(answer: ConsulAnswer): readonly ConsulRow[] {
  return listIn(answer) as readonly ConsulRow[];
}

function checksIn(answer: ConsulAnswer): readonly StoredCheck[] {
  return listIn(answer) as readonly StoredCheck[];
}

import { type ConsulEntry, type ConsulToken, entryOf, tokenOf } from './consul-answers.ts';
import { type ConsulAccess, ConsulHttp } from './consul-http.ts';
import { fieldsOf, type JsonFields, objectsOf, textOf, textsOf } from './json-fields.ts';

/** What an operator does to Consul, through one agent's HTTP API: no client under test takes part. */
export class ConsulAdmin {
  readonly #http: ConsulHttp;

  constructor(url: string, access: ConsulAccess = {}) {
    this.#http = new ConsulHttp(url, access);
  }

  /** Where the leader takes RPC, such as `127.0.0.1:1234`; undefined while the agent knows of none. */
  async leader(): Promise<string | undefined> {
    const leader = await this.#http.get('/v1/status/leader');
    return typeof leader === 'string' && leader !== '' ? leader : undefined;
  }

  /** All instances of a service, whatever their checks say. */
  async health(service: string): Promise<readonly ConsulEntry[]> {
    return objectsOf(await this.#http.get(`/v1/health/service/${encodeURIComponent(service)}?consistent`)).map(entryOf);
  }

  /** The names of all services in the catalog, each with its tags. */
  async services(): Promise<ReadonlyMap<string, readonly string[]>> {
    const services = fieldsOf(await this.#http.get('/v1/catalog/services?consistent'));
    return new Map(Object.keys(services).map((name) => [name, textsOf(services, name)]));
  }

  /** What the agent itself holds, by service id. */
  async agentServices(): Promise<ReadonlyMap<string, JsonFields>> {
    const services = fieldsOf(await this.#http.get('/v1/agent/services'));
    return new Map(Object.entries(services).map(([id, service]) => [id, fieldsOf(service)]));
  }

  /** Registers a service at the agent, as Consul's API has it: `{ Name, ID, Port, Check: { … } }`. */
  async register(service: JsonFields): Promise<void> {
    await this.#http.put('/v1/agent/service/register', service);
  }

  /** Removes a service, with its checks, from the agent, and so from the catalog. */
  async deregister(serviceId: string): Promise<void> {
    await this.#http.put(`/v1/agent/service/deregister/${encodeURIComponent(serviceId)}`);
  }

  /** Removes a service from the catalog behind its agent's back, which brings it back when it next compares the two. */
  async deregisterFromCatalog(node: string, serviceId: string): Promise<void> {
    await this.#http.put('/v1/catalog/deregister', { Node: node, ServiceID: serviceId });
  }

  /** Makes a TTL check of this agent pass, until its TTL is over. */
  async passCheck(checkId: string): Promise<void> {
    await this.#http.put(`/v1/agent/check/pass/${encodeURIComponent(checkId)}`);
  }

  /** Makes a TTL check of this agent critical. */
  async failCheck(checkId: string): Promise<void> {
    await this.#http.put(`/v1/agent/check/fail/${encodeURIComponent(checkId)}`);
  }

  /** Removes a check from the agent; what it was a check of stays. */
  async removeCheck(checkId: string): Promise<void> {
    await this.#http.put(`/v1/agent/check/deregister/${encodeURIComponent(checkId)}`);
  }

  /** @param rules in Consul's language, such as `service_prefix "" { policy = "read" }`. @returns the policy's id */
  async createPolicy(name: string, rules: string): Promise<string> {
    return textOf(fieldsOf(await this.#http.put('/v1/acl/policy', { Name: name, Rules: rules })), 'ID');
  }

  /** Gives a policy other rules. */
  async updatePolicy(id: string, name: string, rules: string): Promise<void> {
    await this.#http.put(`/v1/acl/policy/${id}`, { ID: id, Name: name, Rules: rules });
  }

  /** @param policies ids of policies */
  async createToken(policies: readonly string[]): Promise<ConsulToken> {
    return tokenOf(fieldsOf(await this.#http.put('/v1/acl/token', { Policies: references(policies) })));
  }

  /** Gives a token these policies, by their ids, and takes away all others. */
  async setTokenPolicies(accessor: string, policies: readonly string[]): Promise<void> {
    await this.#http.put(`/v1/acl/token/${accessor}`, { AccessorID: accessor, Policies: references(policies) });
  }

  async deleteToken(accessor: string): Promise<void> {
    await this.#http.delete(`/v1/acl/token/${accessor}`);
  }
}

function references(policies: readonly string[]): readonly JsonFields[] {
  return policies.map((id) => ({ ID: id }));
}

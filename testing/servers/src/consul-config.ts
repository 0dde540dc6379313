import type { JsonFields } from './json-fields.ts';

/** The agent's side of TLS: paths of PEM files. */
export interface ConsulTls {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  /** Whether clients have to show a certificate of `ca`. Default false. */
  readonly clientAuth?: boolean;
}

/** How an agent is to run. */
export interface ConsulOptions {
  /** The address it binds, default `127.0.0.1`. */
  readonly host?: string;
  /** Turns ACLs on: whoever shows no token may do nothing, and `token`, a UUID, may do everything. Default: off. */
  readonly acl?: { readonly token: string };
  /** How many connections one client's address may have; 0 for any number. Default: Consul's own limit, 200. */
  readonly httpMaxConns?: number;
  /** Serves clients by https. */
  readonly tls?: ConsulTls;
  /** More of Consul's configuration, as its JSON has it; what stands here wins over the usual settings. */
  readonly config?: JsonFields;
}

/** What an agent is among the others. */
export interface ConsulMembership {
  /** A server alone that keeps nothing (Consul's `-dev`), a server with data on disk, or a client of servers. */
  readonly kind: 'dev' | 'server' | 'client';
  readonly nodeName: string;
  /** How many servers elect the first leader. */
  readonly servers: number;
  /** Where agents gossip that it is to join: `127.0.0.1:1234`. */
  readonly join: readonly string[];
}

/** An agent's ports. */
export interface ConsulPorts {
  /** For its clients: http, or https with TLS. */
  readonly client: number;
  /** For the readiness check, without TLS; the same as `client` where that is http. */
  readonly health: number;
  /** For the RPC of other agents. */
  readonly server: number;
  readonly serf: number;
}

/** One start of one agent. */
export interface ConsulStart {
  readonly host: string;
  readonly dataFolder: string;
  readonly ports: ConsulPorts;
  readonly membership: ConsulMembership;
  readonly options: ConsulOptions;
  /** A UUID, by which the catalog knows the node besides its name. */
  readonly nodeId: string;
  /** Another one at each start. The agent carries it in its node's meta, so that the catalog tells when it was written last. */
  readonly mark: string;
}

/** The key of `ConsulStart.mark` in the node's meta. */
export const startMark = 'rollcall-start';

/** What stands in the agent's configuration file. */
export function consulConfig(start: ConsulStart): JsonFields {
  return merged(merged(usualSettings(start), chosenSettings(start.options)), start.options.config ?? {});
}

function usualSettings({ host, dataFolder, ports, membership, nodeId, mark }: ConsulStart): JsonFields {
  return {
    node_name: membership.nodeName,
    node_id: nodeId,
    node_meta: { [startMark]: mark },
    bind_addr: host,
    client_addr: host,
    ports: {
      http: ports.health,
      https: ports.client === ports.health ? -1 : ports.client,
      server: ports.server,
      serf_lan: ports.serf,
      serf_wan: -1,
      dns: -1,
      grpc: -1,
    },
    ...(membership.kind === 'server' && { server: true, bootstrap_expect: membership.servers }),
    ...(membership.kind !== 'dev' && { data_dir: dataFolder }),
    ...(membership.join.length > 0 && { retry_join: membership.join, retry_interval: '100ms' }),
    log_level: 'warn',
    // Elections as fast as Consul allows, and no delay when a server is told to end.
    performance: { raft_multiplier: 1, leave_drain_time: '0s' },
    // An agent that is gone is noticed within 2 s or so, instead of 10.
    gossip_lan: { gossip_interval: '50ms', probe_interval: '250ms', probe_timeout: '200ms', suspicion_mult: 4 },
    // A server that was killed comes back as the member that it was.
    autopilot: { cleanup_dead_servers: false },
    // SIGTERM is to look like a crash to the others; a node that leaves takes its services away.
    leave_on_terminate: false,
    connect: { enabled: false },
    disable_remote_exec: true,
    disable_update_check: true,
  };
}

function chosenSettings({ acl, httpMaxConns, tls }: ConsulOptions): JsonFields {
  return {
    ...(acl !== undefined && { acl: aclSettings(acl.token) }),
    ...(httpMaxConns !== undefined && { limits: { http_max_conns_per_client: httpMaxConns } }),
    ...(tls !== undefined && {
      cert_file: tls.cert,
      key_file: tls.key,
      ca_file: tls.ca,
      verify_incoming_https: tls.clientAuth ?? false,
    }),
  };
}

function aclSettings(token: string): JsonFields {
  // Clients keep what they know of tokens and policies this long; servers look afresh each time.
  const ttl = '100ms';
  return {
    enabled: true,
    default_policy: 'deny',
    token_ttl: ttl,
    policy_ttl: ttl,
    role_ttl: ttl,
    // The agent writes its own node and checks with the second one.
    tokens: { master: token, agent: token },
  };
}

/** Objects are merged key by key; anything else is replaced. */
function merged(base: JsonFields, over: JsonFields): JsonFields {
  const both = Object.entries(over).map(([key, value]) => {
    const below = base[key];
    return [key, isObject(below) && isObject(value) ? merged(below, value) : value] as const;
  });
  return { ...base, ...Object.fromEntries(both) };
}

function isObject(value: unknown): value is JsonFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { randomBytes } from 'node:crypto';
import { typicalOwner } from '../workload/typical-instance.ts';

/** Which entry of a service. */
export interface EntryTerms {
  readonly service: string;
  readonly id: string;
  /** Nobody else's: what makes the IDs of service and check those of one lease. */
  readonly token: string;
  readonly ttlMs: number;
  readonly epoch?: number;
  readonly version?: string;
}

/** What the agent is told of a typical instance and its check, written down by hand: what readers of ours can read, with no check and no rule. */
export function entryByHand({ service, id, token, ttlMs, epoch = 1, version = '4.17.2' }: EntryTerms): object {
  return {
    ID: serviceId(id, token),
    Name: service,
    Address: '10.42.117.23',
    Port: 8080,
    Tags: ['http', 'grpc'],
    Meta: {
      rollcall: '1',
      service,
      id,
      owner: typicalOwner,
      epoch: String(epoch),
      status: 'up',
      weight: '100',
      endpoints: 'http://10.42.117.23:8080 grpc://10.42.117.23:9090',
      env: 'production',
      region: 'eu-central-1',
      zone: 'eu-central-1b',
      deployment: 'blue',
      version,
      startTime: '2025-03-14T09:26:53.589Z',
      'meta-team': 'checkout',
      'meta-commit': '9fceb02d0ae598e95dc970b74767f19372d61af8',
      'meta-shard': '17',
      'meta-tier': 'gold',
    },
    Weights: { Passing: 100, Warning: 1 },
    Check: {
      CheckID: checkId(token),
      Name: 'Rollcall lease',
      Notes: `content ${version.padEnd(16, '.')}`,
      TTL: `${ttlMs}ms`,
      Status: 'passing',
      DeregisterCriticalServiceAfter: '60000ms',
    },
  };
}

/** As long as those of the driver. */
export function newToken(): string {
  return randomBytes(10).toString('hex');
}

export function serviceId(id: string, token: string): string {
  return `${id}~${token}`;
}

export function checkId(token: string): string {
  return `rollcall~${token}`;
}

/** All entries of a service, as fresh as a lease needs it. Names here have nothing in them that would have to be escaped. */
export function entriesPath(service: string): string {
  return `/v1/health/service/${service}?consistent=`;
}

/** A blocking query for them. */
export function pollPath(service: string, index: number, waitMs: number): string {
  return `${entriesPath(service)}&index=${index}&wait=${waitMs}ms`;
}

import { decodeFields, RegistryError, type ServiceInstance } from '@rollcall/core/driver';
import { decodedName, encodedName } from './consul-names.ts';
import { type ConsulMeta, metaOf, recordOf } from './consul-meta.ts';

/** Raised only by a change that older readers must not read. */
const formatVersion = '1';

/** What the IDs of our checks begin with. */
export const checkIdPrefix: string = 'rollcall~';

/** Pairs of every entry besides those of its instance. */
const reservedPairs = 5;

/** One lease's own entry: its Consul service ID is nobody else's, so that no write of another owner can touch it. */
export interface EntryKey {
  /** Random, new for each lease, in lower case: Consul compares service IDs without regard to case. */
  readonly token: string;
  readonly owner: string;
  /** Of several entries of one id the highest counts. */
  readonly epoch: number;
}

/** What Consul's agent registers, without its check. */
export interface ConsulRegistration {
  readonly ID: string;
  readonly Name: string;
  readonly Address: string;
  readonly Port: number;
  readonly Tags: readonly string[];
  readonly Meta: ConsulMeta;
  readonly Weights: { readonly Passing: number; readonly Warning: number };
}

/** A service as Consul's health endpoint tells it. */
export interface ConsulRow {
  readonly Node: { readonly Node: string };
  readonly Service: {
    readonly ID: string;
    readonly Service: string;
    readonly Meta: ConsulMeta | null;
    readonly CreateIndex: number;
    readonly ModifyIndex: number;
  };
  readonly Checks: readonly { readonly CheckID: string; readonly Status: string }[];
}

/** An entry of ours, as far as it has to be known before its instance is read. */
export interface ConsulEntry extends EntryKey {
  readonly service: string;
  readonly id: string;
  readonly serviceId: string;
  readonly createIndex: number;
  readonly isPassing: boolean;
  readonly node: string;
  readonly meta: ConsulMeta;
}

/** Where a registry's services are: Consul's names begin with `prefix`. */
export class ConsulLayout {
  readonly #prefix: string;

  /** @param prefix as it stands in Consul's names; may be empty */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Consul's name of a service. */
  serviceName(service: string): string {
    return `${this.#prefix}${encodedName(service)}`;
  }

  /** The service that a name of Consul's may be of; undefined for one that is surely none of this registry's. */
  serviceOf(name: string): string | undefined {
    return name.startsWith(this.#prefix) ? decodedName(name.slice(this.#prefix.length)) : undefined;
  }

  serviceId(id: string, token: string): string {
    return `${encodedName(id)}~${token}`;
  }

  registration(instance: ServiceInstance, key: EntryKey): ConsulRegistration {
    const [first] = instance.endpoints;
    return {
      ID: this.serviceId(instance.id, key.token),
      Name: this.serviceName(instance.service),
      Address: first.host,
      Port: first.port,
      Tags: [...new Set(instance.endpoints.map(({ scheme }) => scheme))],
      Meta: {
        rollcall: formatVersion,
        service: instance.service,
        id: instance.id,
        owner: key.owner,
        epoch: String(key.epoch),
        ...metaOf(instance, reservedPairs),
      },
      // Consul knows no weight of 0.
      Weights: { Passing: Math.max(1, instance.weight), Warning: 1 },
    };
  }

  /** A filter of Consul's for the entries of these ids alone. */
  filterOf(ids: readonly string[]): string {
    const forms = ids.map((id) => encodedName(id).replaceAll('.', '[.]'));
    return `Service.ID matches "^(${forms.join('|')})~"`;
  }

  /** Whether a row is an entry of this registry at all, by whatever version, and neither another program's nor one under another prefix. */
  isOurs({ Service: { Meta, Service: name } }: ConsulRow, service: string): boolean {
    if (Meta?.['rollcall'] === undefined) return false;
    const { service: told } = Meta;
    return told === service || told === undefined || !name.endsWith(encodedName(told));
  }

  /**
   * The entry of `service` that a row of ours holds.
   * @throws RegistryError `INSTANCE_MALFORMED` where what tells whose it is cannot be read (D5)
   */
  entry(row: ConsulRow, service: string): ConsulEntry {
    const { ID: serviceId, CreateIndex: createIndex } = row.Service;
    const meta = row.Service.Meta ?? {};
    const { rollcall, id, owner = '' } = meta;
    const epoch = Number(meta['epoch']);
    if (rollcall !== formatVersion) throw malformed(serviceId, `rollcall: expected ${formatVersion}, got ${rollcall}`);
    if (id === undefined || meta['service'] !== service)
      throw malformed(serviceId, 'it is the record of another service, or of none');
    const form = encodedName(id);
    // No form has a `~`.
    if (!serviceId.startsWith(form) || serviceId.indexOf('~') !== form.length)
      throw malformed(serviceId, 'it is the record of another id');
    const token = serviceId.slice(form.length + 1);
    if (!Number.isSafeInteger(epoch)) throw malformed(serviceId, 'epoch: expected a whole number');
    const node = row.Node.Node;
    return { service, id, serviceId, token, owner, epoch, createIndex, isPassing: isPassing(row), node, meta };
  }

  /** @throws RegistryError `INSTANCE_MALFORMED` (D5) */
  instance({ service, id, serviceId, meta }: ConsulEntry): ServiceInstance {
    let record: Readonly<Record<string, unknown>>;
    try {
      record = recordOf(meta, { service, id });
    } catch (cause) {
      throw malformed(serviceId, cause instanceof Error ? cause.message : String(cause));
    }
    return decodeFields(record);
  }
}

/** Whether an entry has the check of its lease, and that and all others and those of its node pass, without which nobody is to see it. */
export function isPassing({ Checks }: ConsulRow): boolean {
  let hasLease = false;
  for (const { CheckID, Status } of Checks) {
    if (Status !== 'passing') return false;
    hasLease ||= CheckID.startsWith(checkIdPrefix);
  }
  return hasLease;
}

/** Whether an entry is what was registered, as far as anybody reads it. */
export function isSameRecord({ meta }: ConsulEntry, { Meta }: ConsulRegistration): boolean {
  const names = Object.keys(Meta);
  return names.length === Object.keys(meta).length && names.every((name) => meta[name] === Meta[name]);
}

function malformed(serviceId: string, reason: string): RegistryError {
  return new RegistryError(
    'INSTANCE_MALFORMED',
    `Could not decode the service ${JSON.stringify(serviceId)}: ${reason}.`,
  );
}

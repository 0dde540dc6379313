import { fieldsOf, type JsonFields, listOf, textOf } from './json-fields.ts';

/** A check of an instance or of its node. */
export interface ConsulCheck {
  readonly id: string;
  readonly status: string;
  readonly output: string;
}

/** An instance of a service as the catalog has it. */
export interface ConsulEntry {
  readonly node: string;
  readonly serviceId: string;
  readonly address: string;
  readonly port: number;
  readonly meta: Readonly<Record<string, string>>;
  readonly createIndex: number;
  readonly modifyIndex: number;
  /** Its own and those of its node; it is fit to be called when all of them are `passing`. */
  readonly checks: readonly ConsulCheck[];
}

/** A token of the ACLs. */
export interface ConsulToken {
  /** By which an operator names it. */
  readonly accessor: string;
  /** By which a client is let in. */
  readonly secret: string;
}

export function entryOf(fields: JsonFields): ConsulEntry {
  const service = fieldsOf(fields['Service']);
  return {
    node: textOf(fieldsOf(fields['Node']), 'Node'),
    serviceId: textOf(service, 'ID'),
    address: textOf(service, 'Address'),
    port: numberOf(service, 'Port'),
    meta: metaOf(service),
    createIndex: numberOf(service, 'CreateIndex'),
    modifyIndex: numberOf(service, 'ModifyIndex'),
    checks: listOf(fields, 'Checks').map(checkOf),
  };
}

export function tokenOf(fields: JsonFields): ConsulToken {
  return { accessor: textOf(fields, 'AccessorID'), secret: textOf(fields, 'SecretID') };
}

function checkOf(fields: JsonFields): ConsulCheck {
  return { id: textOf(fields, 'CheckID'), status: textOf(fields, 'Status'), output: textOf(fields, 'Output') };
}

function metaOf(service: JsonFields): Readonly<Record<string, string>> {
  const meta = fieldsOf(service['Meta']);
  return Object.fromEntries(Object.keys(meta).map((key) => [key, textOf(meta, key)]));
}

function numberOf(fields: JsonFields, name: string): number {
  return Number(fields[name] ?? 0);
}

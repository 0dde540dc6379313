import type { ServiceInstance } from '@rollcall/core';
import type { Claim, Version } from './claim.ts';
import type { Ledger } from './ledger.ts';

/** The metadata that tell whose instance it is, and which of the owner's. */
export function stamp(claim: number, version: number): Readonly<Record<string, string>> {
  return { registration: String(claim), version: String(version) };
}

/** Where an instance comes from. */
export interface Origin {
  readonly claim: Claim;
  readonly version: Version;
  readonly index: number;
}

/** Whose instance it is, by its stamp; undefined if nobody asked for any such. */
export function originOf(ledger: Ledger, { metadata }: ServiceInstance): Origin | undefined {
  const index = Number(metadata['version']);
  const claim = ledger.claims[Number(metadata['registration'])];
  const version = claim?.versions[index];
  if (claim === undefined || version === undefined) return undefined;
  return { claim, version, index };
}

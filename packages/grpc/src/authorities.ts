import type { GrpcResolverTerms } from './grpc-resolver-options.ts';
import { scheme } from './target.ts';

/**
 * Who is open in this process. grpc-js makes resolvers itself, from a class that it keeps for each scheme and never lets go, so that this is
 * the one table of the library that no caller can hold in hand.
 */
const open = new Map<string, GrpcResolverTerms>();

/** @throws TypeError if its authority is taken */
export function takeAuthority(terms: GrpcResolverTerms): void {
  const { authority } = terms;
  if (open.has(authority))
    throw new TypeError(
      `options.authority: a resolver for ${scheme}://${authority}/ is open already in this process; close it first, or give one of them another authority`,
    );
  open.set(authority, terms);
}

/** Frees what `terms` have taken, and nothing that somebody else has taken since. */
export function freeAuthority(terms: GrpcResolverTerms): void {
  if (open.get(terms.authority) === terms) open.delete(terms.authority);
}

/** @throws Error if nobody has taken it, naming who there is */
export function termsOf(authority: string): GrpcResolverTerms {
  const terms = open.get(authority);
  if (terms !== undefined) return terms;
  const others = Array.from(open.keys(), (other) => `${scheme}://${other}/`).join(', ') || 'none';
  throw new Error(
    `No resolver is open for ${scheme}://${authority}/ (open are: ${others}): call openGrpcResolver() before a channel is made.`,
  );
}

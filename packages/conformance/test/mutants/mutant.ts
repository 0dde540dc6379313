import type { Clause } from '../../src/conformance-case.ts';

/** One way to break one promise: a piece of the product's own source, and what stands there instead. */
export interface Mutant {
  /** What it does wrong, in words: `expires early`. */
  readonly name: string;
  /** The clause it breaks: a case that cites it has to notice. */
  readonly clause: Clause;
  /** The file it changes, below packages/. */
  readonly file: `${'core' | 'backend-memory'}/src/${string}.ts`;
  /** Stands in that file exactly once. */
  readonly find: string;
  readonly replace: string;
}

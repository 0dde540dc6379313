import type { Finding } from './finding.ts';

/** How a run was asked for. */
export interface RowTerms {
  /** How many rounds, where the caller has said so. */
  readonly rounds: number | undefined;
  /** Shorter, for a look: fewer rounds and calls. */
  readonly quick: boolean;
  /** Tells what is going on. */
  readonly progress: (text: string) => void;
}

/** One thing that is measured. */
export interface Row {
  readonly name: string;
  run(terms: RowTerms): Promise<readonly Finding[]>;
}

/** What is measured of one backend. */
export interface Suite {
  readonly name: string;
  readonly rows: readonly Row[];
  /** What it runs against, such as `etcd 3.5.16`. */
  against(): Promise<string>;
}

/** The rounds that were asked for, or else the usual number. */
export function roundsOf({ rounds, quick }: RowTerms, usual: number): number {
  return rounds ?? (quick ? Math.min(usual, 3) : usual);
}

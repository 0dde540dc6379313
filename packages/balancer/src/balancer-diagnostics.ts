/** Something that happened in the background and has no caller to tell. */
export type BalancerDiagnosticEvent =
  /** Calls to an instance failed too often in a row; it is left out for `forMs`. */
  | {
      readonly type: 'instance-ejected';
      readonly service: string;
      readonly id: string;
      readonly failures: number;
      readonly forMs: number;
    }
  /** It may be picked again. */
  | { readonly type: 'instance-returned'; readonly service: string; readonly id: string }
  /** A filter threw, or gave what it was not given. Until the next change nobody new is picked. */
  | { readonly type: 'filter-failed'; readonly service: string; readonly filter: string; readonly error: unknown };

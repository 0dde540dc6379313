/** When a disappearance counts as one of many at once, and for how long the instances are then held. */
export interface ProtectionOptions {
  /**
   * Share of the instances that has to be missed before they are held, 0 to below 1: 0.5 means that more than half of those that
   * were `up` are gone. @defaultValue 0.5
   */
  readonly share?: number | undefined;
  /** How many have to be missed at least; 1 also holds the only instance of a service. @defaultValue 2 */
  readonly atLeast?: number | undefined;
  /** Those that went within this time are counted together, in milliseconds. @defaultValue 30_000 */
  readonly windowMs?: number | undefined;
  /**
   * How long they are held at most, in milliseconds, counted while the registry answers. A wiped store is healed by its owners
   * within a third of their TTL. @defaultValue 60_000
   */
  readonly holdMs?: number | undefined;
}

/** The same, checked, with its defaults. */
export interface ProtectionTerms {
  readonly share: number;
  readonly atLeast: number;
  readonly windowMs: number;
  readonly holdMs: number;
}

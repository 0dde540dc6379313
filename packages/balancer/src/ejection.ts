import type { Clock } from '@rollcall/core';
import { checkInteger, checkNumber, checkOptionKeys } from './option-checks.ts';
import type { Member } from './member.ts';

/** Who is left out for a while because calls to it fail. Unknown keys are refused with a `TypeError`. */
export interface EjectionOptions {
  /** After how many failures in a row, a whole number from 1. @defaultValue 5 */
  readonly failures?: number | undefined;
  /** For how long, the first time, in milliseconds. Each further time at once after it is twice as long. @defaultValue 30_000 */
  readonly baseMs?: number | undefined;
  /** For how long at most, in milliseconds, at least `baseMs`. @defaultValue 300_000 */
  readonly maxMs?: number | undefined;
  /**
   * The greatest part of the instances that may be out at a time, from 0 to 1. One may be out whatever the part, and never all.
   * @defaultValue 0.1
   */
  readonly maxShare?: number | undefined;
}

/** The same, checked, with its defaults. */
export interface EjectionTerms {
  readonly failures: number;
  readonly baseMs: number;
  readonly maxMs: number;
  readonly maxShare: number;
}

/** @throws TypeError that names the key, what was expected and what came */
export function ejectionTerms(options: EjectionOptions): EjectionTerms {
  checkOptionKeys('createBalancer: ejection', options, ['failures', 'baseMs', 'maxMs', 'maxShare']);
  const baseMs = checkNumber('options.ejection.baseMs', options.baseMs ?? 30_000, { above: 0 });
  return {
    failures: checkInteger('options.ejection.failures', options.failures ?? 5, { from: 1 }),
    baseMs,
    maxMs: checkNumber('options.ejection.maxMs', options.maxMs ?? Math.max(300_000, baseMs), { from: baseMs }),
    maxShare: checkNumber('options.ejection.maxShare', options.maxShare ?? 0.1, { from: 0, to: 1 }),
  };
}

/** How many of `count` may be out at a time. */
export function ejectionCap(count: number, maxShare: number): number {
  return Math.max(0, Math.min(count - 1, Math.max(1, Math.floor(maxShare * count))));
}

/** What is remembered of a member that was out: while it is out, and as long again afterwards. */
interface Exclusion {
  readonly untilMs: number;
  readonly lastedMs: number;
}

/** What an ejection is made of. */
export interface EjectionParts {
  readonly clock: Clock;
  readonly terms: EjectionTerms;
  /** A member is not out any more, although it is there. */
  readonly onReturn: (member: Member) => void;
  /** Those whose time was over have returned. */
  readonly onChange: () => void;
}

/** Who is out, and until when. */
export class Ejection {
  readonly #clock: Clock;
  readonly #terms: EjectionTerms;
  readonly #onReturn: EjectionParts['onReturn'];
  readonly #onChange: EjectionParts['onChange'];
  /** In the order in which they were ejected. */
  readonly #out = new Map<Member, Exclusion>();
  readonly #past = new Map<Member, Exclusion>();
  #timer: Disposable | undefined;

  constructor({ clock, terms, onReturn, onChange }: EjectionParts) {
    this.#clock = clock;
    this.#terms = terms;
    this.#onReturn = onReturn;
    this.#onChange = onChange;
  }

  /** Whether it is out. */
  has(member: Member): boolean {
    return this.#out.has(member);
  }

  /**
   * Puts a member out to which calls have failed too often, if there is room.
   * @param members whom there is to choose among, those who are out included
   * @returns for how long, in milliseconds; nothing if it stays, or is out already
   */
  judge(member: Member, members: readonly Member[]): number | undefined {
    const { failures, baseMs, maxMs, maxShare } = this.#terms;
    if (member.failures < failures || this.#out.has(member)) return undefined;
    if (this.#out.size >= ejectionCap(members.length, maxShare) || !members.includes(member)) return undefined;
    const now = this.#clock.now();
    const past = this.#past.get(member);
    const isRelapse = past !== undefined && now < past.untilMs + past.lastedMs;
    const lastedMs = isRelapse ? Math.min(maxMs, past.lastedMs * 2) : baseMs;
    this.#past.delete(member);
    this.#out.set(member, { untilMs: now + lastedMs, lastedMs });
    this.#arm();
    return lastedMs;
  }

  /**
   * Forgets who is not among `members` any more, and lets back in whom the cap does not allow now, those first who are out longest.
   * @param members whom there is to choose among, those who are out included
   */
  fit(members: readonly Member[]): void {
    if (this.#out.size === 0 && this.#past.size === 0) return;
    const present = new Set(members);
    for (const member of this.#past.keys()) if (!present.has(member)) this.#past.delete(member);
    for (const member of this.#out.keys()) if (!present.has(member)) this.#out.delete(member);
    const cap = ejectionCap(members.length, this.#terms.maxShare);
    for (const [member, record] of this.#out) {
      if (this.#out.size <= cap) break;
      this.#letIn(member, record);
    }
    this.#arm();
  }

  /** Ends its timer. */
  close(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  #letIn(member: Member, record: Exclusion): void {
    const now = this.#clock.now();
    this.#out.delete(member);
    this.#past.set(member, { ...record, untilMs: now });
    member.failures = 0;
    member.eligibleSinceMs = now;
    this.#onReturn(member);
  }

  /** One timer, for whoever is back next. */
  #arm(): void {
    this.close();
    if (this.#out.size === 0) return;
    let next = Infinity;
    for (const { untilMs } of this.#out.values()) next = Math.min(next, untilMs);
    this.#timer = this.#clock.schedule(Math.max(0, next - this.#clock.now()), () => this.#letBack(next), {
      background: true,
    });
  }

  /** By the instant that was waited for: a timer may be a fraction of a millisecond early. */
  #letBack(atMs: number): void {
    for (const [member, record] of this.#out) if (record.untilMs <= atMs) this.#letIn(member, record);
    this.#arm();
    this.#onChange();
  }
}

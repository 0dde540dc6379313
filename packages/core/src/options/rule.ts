import { pathError } from '../instance/field-error.ts';

/** What a rule may look at. Names are those of an object, with dots: `tls.cert`. */
export interface RuleContext<Checked> {
  /** The options whose own checks passed; the others are not in it. */
  readonly checked: Partial<Checked>;
  /** Whether the user gave it, right or wrong. */
  readonly isGiven: (name: string) => boolean;
  /** How errors name it: `config.tls.cert`, `config?tls.cert` or `ROLLCALL_TLS_CERT`. */
  readonly pathOf: (name: string) => string;
}

/** What holds between options. Its errors are told together with all others. */
export interface Rule<Checked> {
  /** @throws TypeError that names the path, if the rule is broken (I6) */
  check(context: RuleContext<Checked>): void;
}

/** All of `names` are given, or none is. */
export function together(...names: readonly string[]): Rule<unknown> {
  return {
    check({ isGiven, pathOf }) {
      const missing = names.filter((name) => !isGiven(name));
      const given = names.find((name) => isGiven(name));
      if (given === undefined || missing.length === 0) return;
      throw pathError(pathOf(given), `given without ${missing.map((name) => pathOf(name)).join(' and ')}`);
    },
  };
}

import { optional } from './field.ts';
import { group, type Group } from './options-description.ts';
import type { Secret } from './secret.ts';
import { pem, type SecretOption } from './secret-kinds.ts';
import { text } from './text-kinds.ts';

/** Options of TLS. Each PEM is the text, `{ env: 'NAME' }` or `{ file: '/path' }`. */
export interface TlsOptions {
  /** Certificates of the CAs that are trusted, in PEM. @defaultValue those of Node.js */
  readonly ca?: SecretOption | undefined;
  /** The client's certificate, in PEM, with its chain. Goes with `key`. @defaultValue none */
  readonly cert?: SecretOption | undefined;
  /** The private key of `cert`, in PEM. @defaultValue none */
  readonly key?: SecretOption | undefined;
  /** The name that the servers' certificates must have. @defaultValue the host that is connected to */
  readonly serverName?: string | undefined;
}

/** The same, checked. */
export interface CheckedTlsOptions {
  /** `undefined`: those of Node.js. */
  readonly ca: Secret | undefined;
  /** `undefined`: the client shows no certificate. */
  readonly cert: Secret | undefined;
  /** There if `cert` is, by the rule that goes with the group. */
  readonly key: Secret | undefined;
  /** `undefined`: the host that is connected to. */
  readonly serverName: string | undefined;
}

/** The options `tls.…` of a backend. Goes with the rule `together('tls.cert', 'tls.key')`. @param doc in one line: what turns it on */
export function tlsGroup(doc: string): Group<TlsOptions, CheckedTlsOptions> {
  return group<TlsOptions, CheckedTlsOptions>(
    {
      ca: optional(pem(), 'Certificates of the CAs that are trusted, instead of those of Node.js.'),
      cert: optional(pem(), "The client's certificate, with its chain. Goes with `tls.key`."),
      key: optional(pem(), 'The private key of `tls.cert`.'),
      serverName: optional(
        text(),
        "The name that the servers' certificates must have, instead of the host that is connected to.",
      ),
    },
    doc,
  );
}

import { fileURLToPath } from 'node:url';

/** Paths of PEM files. */
export interface TestCertificates {
  /** The authority behind `server` and `client`. */
  readonly ca: string;
  /** An authority that has signed neither. */
  readonly otherCa: string;
  /** For `localhost`, `registry.test`, `127.0.0.1` and `::1`. */
  readonly server: { readonly cert: string; readonly key: string };
  /** Common name `rollcall-client`. */
  readonly client: { readonly cert: string; readonly key: string };
}

/** Certificates for tests alone: their keys are public. */
export function testCertificates(): TestCertificates {
  return {
    ca: fixture('ca.pem'),
    otherCa: fixture('other-ca.pem'),
    server: { cert: fixture('server.pem'), key: fixture('server-key.pem') },
    client: { cert: fixture('client.pem'), key: fixture('client-key.pem') },
  };
}

// From src and from dist alike.
function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}

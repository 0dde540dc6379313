import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect, createSecureContext, type TLSSocket } from 'node:tls';

/** TLS material, read. */
export interface TlsMaterial {
  readonly ca: Buffer | undefined;
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
  readonly serverName: string | undefined;
}

/** Makes a connected socket a secure one. Rejects when the certificate is not good, or not for this host. */
export type Upgrade = (socket: Socket) => Promise<TLSSocket>;

/**
 * TLS with the server at `host`. What grpc-js has sends an IP address as the server's name, which is against RFC 6066: Node warns of it
 * in every process, and will not do it any more.
 */
export function tlsUpgrade({ ca, cert, key, serverName }: TlsMaterial, host: string): Upgrade {
  const secureContext = createSecureContext({ ca, cert, key });
  const name = serverName ?? host;
  return (socket) =>
    new Promise((resolve, reject) => {
      const secured: TLSSocket = connect({
        socket,
        secureContext,
        servername: isIP(name) === 0 ? name : '',
        checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
        ALPNProtocols: ['h2'],
      });
      secured.once('secureConnect', () => resolve(secured)).on('error', reject);
    });
}

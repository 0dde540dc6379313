import { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect, createSecureContext, type PeerCertificate, type TLSSocket } from 'node:tls';

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
        checkServerIdentity: (_, certificate) => mismatch(name, certificate),
        ALPNProtocols: ['h2'],
      });
      secured.once('secureConnect', () => resolve(secured)).on('error', (error) => reject(handshakeError(error)));
    });
}

/** A connection that only breaks, as a port of plain text may do, says by itself nothing of TLS. */
function handshakeError(error: Error): Error {
  return new Error(`the TLS handshake failed: ${error.message}`, { cause: error });
}

/** What is wrong with the certificate of a server that is known by this name or IP. Node 22.23 matches no IPv6 address: the certificate itself does. */
function mismatch(name: string, certificate: PeerCertificate): Error | undefined {
  if (isIP(name) === 0) return checkServerIdentity(name, certificate);
  if (new X509Certificate(certificate.raw).checkIP(name) !== undefined) return undefined;
  const names = certificate.subjectaltname ?? 'none';
  return new Error(`the certificate does not match IP: ${name} is not in its altnames, which are ${names}`);
}

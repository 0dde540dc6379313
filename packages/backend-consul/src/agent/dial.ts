import { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { type Secret, SecretError } from '@rollcall/core/driver';
import { buildConnector } from 'undici';
import type { ConsulSettings, ConsulTls } from '../options/consul-settings.ts';
import { nodeSecretSources } from '../options/node-secret-sources.ts';
import { ConsulFailure } from './consul-failure.ts';

/** How a connection is made. TLS material is read anew for each, so that renewed certificates are picked up. */
export function dialer({ address, tls, dialTimeoutMs }: ConsulSettings): buildConnector.connector {
  const terms: buildConnector.BuildOptions = { timeout: dialTimeoutMs, socketPath: address.socketPath ?? null };
  if (tls === undefined) return quietly(buildConnector(terms));
  const identity = identityOf(tls.serverName ?? hostOf(address.origin));
  let last: { readonly material: string; readonly connect: buildConnector.connector } | undefined;
  // The same connector for the same material: it remembers sessions of TLS.
  const connectorWith = (material: Material): buildConnector.connector => {
    const key = JSON.stringify(material);
    if (last?.material !== key)
      last = { material: key, connect: quietly(buildConnector({ ...terms, ...material, ...identity })) };
    return last.connect;
  };
  const dial: AsyncConnector = async (options, callback) => {
    let connect: buildConnector.connector;
    try {
      connect = connectorWith(await readMaterial(tls));
    } catch (error) {
      callback(failure(error), null);
      return;
    }
    connect(options, callback);
  };
  return (options, callback) => void dial(options, callback);
}

type AsyncConnector = (...dialled: Parameters<buildConnector.connector>) => Promise<void>;

/** A connection that nobody can make hold the process: whether anything waits for this registry is core's to say (C4). */
function quietly(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...[error, socket]) => {
      if (error === null) callback(null, quiet(socket));
      else callback(error, null);
    });
}

function quiet<AnySocket extends Socket>(socket: AnySocket): AnySocket {
  socket.unref();
  socket.ref = () => socket;
  return socket;
}

/** In PEM. */
interface Material {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

async function readMaterial({ ca, client }: ConsulTls): Promise<Material> {
  const [caText, cert, key] = await Promise.all([ca, client?.cert, client?.key].map(revealed));
  return {
    ...(caText !== undefined && { ca: caText }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}

async function revealed(secret: Secret | undefined): Promise<string | undefined> {
  return secret?.reveal(nodeSecretSources);
}

function failure(error: unknown): Error {
  if (error instanceof SecretError) return new ConsulFailure(error.message, { cause: error });
  return error instanceof Error ? error : new Error(String(error));
}

/** An IP address is no server name of TLS (RFC 6066). */
function identityOf(name: string): buildConnector.BuildOptions {
  const checked = { checkServerIdentity: (_: string, certificate: PeerCertificate) => mismatch(name, certificate) };
  return isIP(name) === 0 ? { ...checked, servername: name } : checked;
}

/** What is wrong with the certificate of an agent that is known by this name or IP. Node 22.23 matches no IPv6 address: the certificate itself does. */
function mismatch(name: string, certificate: PeerCertificate): Error | undefined {
  if (isIP(name) === 0) return checkServerIdentity(name, certificate);
  if (new X509Certificate(certificate.raw).checkIP(name) !== undefined) return undefined;
  const names = certificate.subjectaltname ?? 'none';
  return new Error(`the certificate does not match IP: ${name} is not in its altnames, which are ${names}`);
}

function hostOf(origin: string): string {
  return new URL(origin).hostname.replace(/^\[(.*)\]$/, '$1');
}

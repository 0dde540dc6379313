import type { experimental } from '@grpc/grpc-js';
import { fieldError } from '@rollcall/core/driver';

/** The scheme of all targets. */
export const scheme = 'rollcall';

/** What a target names. */
export interface Target {
  /** Which resolver: the part between the slashes; empty for the one without a name. */
  readonly authority: string;
  readonly service: string;
}

const plainAuthority = /^[\w.-]*$/;

/** @throws TypeError unless it is a text that can stand between the slashes of a target */
export function checkedAuthority(authority: unknown): string {
  if (typeof authority === 'string' && plainAuthority.test(authority)) return authority;
  throw fieldError('options.authority', 'letters, digits, "_", "-" and ".", or an empty string', authority);
}

/** `rollcall://authority/service`. What could be taken for a part of the target is percent-encoded in the name. */
export function writeTarget({ authority, service }: Target): string {
  return `${scheme}://${authority}/${encodeURIComponent(service)}`;
}

/** @throws TypeError for a target that names no service, saying how one is written */
export function readTarget({ authority = '', path }: experimental.GrpcUri): Target {
  const written = `${scheme}:${authority === '' ? '' : `//${authority}/`}${path}`;
  if (path.startsWith('//'))
    throw new TypeError(
      `The target ${written} names no service: write ${scheme}:///${path.slice(2)}, with three slashes.`,
    );
  try {
    return { authority, service: decodeURIComponent(path) };
  } catch (cause) {
    throw new TypeError(`The target ${written} cannot be read: "%" is written as "%25" in the name of a service.`, {
      cause,
    });
  }
}

/**
 * What stands for a service where a host is asked for: in the `:authority` of a call, and for the certificate of a server. That is its name;
 * for a name that is no host, since grpc-js makes a URL of it, one that is alike.
 */
export function hostOf(service: string): string {
  const isHost = /^[\w.-]+$/.test(service) && hostnameOf(service) === service.toLowerCase();
  return isHost ? service : `service-${encodeURIComponent(service).replaceAll(/[^\w-]/g, '-')}`;
}

function hostnameOf(host: string): string | undefined {
  const url = `http://${host}`;
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

import type { Attributes } from '@opentelemetry/api';
import type { AttemptEnd, AttemptStart, CallStart } from './call-observer.ts';
import { errorType } from './error-type.ts';

/** What is called over. */
export type Protocol = 'http' | 'grpc';

/** Those that the conventions know; of others there could be as many as callers like. */
const httpMethods: ReadonlySet<string> = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
]);

/** The name of the span of an attempt, of which there are few. */
export function spanName(protocol: Protocol, { method }: CallStart): string {
  return protocol === 'grpc' || httpMethods.has(method) ? method : 'HTTP';
}

/** What is known of an attempt when it begins. */
export function startAttributes(protocol: Protocol, call: CallStart, attempt: AttemptStart): Attributes {
  const { number, instance, url } = attempt;
  return {
    'server.service.name': call.service,
    'peer.service': call.service,
    ...serverAttributes(url),
    ...(protocol === 'grpc' ? { 'rpc.system.name': 'grpc', 'rpc.method': call.method } : httpAttributes(call, attempt)),
    'rollcall.instance.id': instance.id,
    'rollcall.attempt.number': number,
  };
}

/** What is known of it when it is over. */
export function endAttributes(protocol: Protocol, end: AttemptEnd): Attributes {
  const { result, status } = end;
  const type = errorType(end);
  return {
    'rollcall.call.result': result,
    ...(status === undefined
      ? {}
      : { [protocol === 'http' ? 'http.response.status_code' : 'rpc.status_code']: status }),
    ...(type === undefined ? {} : { 'error.type': type }),
  };
}

/** `scheme://host:port`, with IPv6 in brackets, as `endpointUrl` writes it. */
const endpointPattern = /^[^:]+:\/\/(?:\[(?<ipv6>[^\]]*)\]|(?<host>[^:]*)):(?<port>\d+)$/u;

function serverAttributes(url: string): Attributes {
  const { ipv6, host, port } = endpointPattern.exec(url)?.groups ?? {};
  return { 'server.address': ipv6 ?? host ?? url, ...(port === undefined ? {} : { 'server.port': Number(port) }) };
}

function httpAttributes({ method, path }: CallStart, { number, url }: AttemptStart): Attributes {
  return {
    ...(httpMethods.has(method)
      ? { 'http.request.method': method }
      : { 'http.request.method': '_OTHER', 'http.request.method_original': method }),
    ...(path === undefined ? {} : { 'url.full': `${url}${path.replace(/[?#].*$/su, '')}` }),
    ...(number > 1 ? { 'http.request.resend_count': number - 1 } : {}),
  };
}

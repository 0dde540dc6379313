/** What undici, Node and OpenSSL say when the other side, or the way to it, is at fault. */
const codesOfInstances: ReadonlySet<string> = new Set([
  'EADDRNOTAVAIL',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'ENETUNREACH',
  'EPIPE',
  'EPROTO',
  'ETIMEDOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_INFO',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_SOCKET',
]);

/** HTTP that cannot be read, and TLS that breaks. */
const instancesBeginning = /^(?:HPE_|ERR_SSL_|ERR_TLS_|ERR_HTTP2_)/;

/** Codes of requests that cannot be sent to anybody. */
const codesOfCallers: ReadonlySet<string> = new Set([
  'UND_ERR_ABORTED',
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
]);

const codesOfLostConnections: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Who is to blame for an error: the instance, or the caller, whose request, stream or handler failed. */
export function faultOf(error: unknown, sent: 'nothing' | 'something'): 'instance' | 'caller' {
  const code = codeOf(error);
  // Before anything is sent, there is nothing but connecting; certificates alone have dozens of codes.
  if (sent === 'nothing') return codesOfCallers.has(code) ? 'caller' : 'instance';
  return codesOfInstances.has(code) || instancesBeginning.test(code) ? 'instance' : 'caller';
}

/** Whether a connection broke that another one to the same instance may do without. */
export function isLostConnection(error: unknown): boolean {
  return codesOfLostConnections.has(codeOf(error));
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

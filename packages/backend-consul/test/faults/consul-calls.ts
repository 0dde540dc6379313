import type { Exchange } from './http-forwarder.ts';

/** Whether a request reads a service, without waiting for a change. */
export function isRead({ path }: Exchange): boolean {
  return path.startsWith('/v1/health/service/') && !path.includes('index=');
}

/** Whether a request waits for a change of a service. */
export function isPoll({ path }: Exchange): boolean {
  return path.startsWith('/v1/health/service/') && path.includes('index=');
}

/** Whether a request registers, or updates. */
export function isRegister({ path }: Exchange): boolean {
  return path.startsWith('/v1/agent/service/register');
}

export function isDeregister({ path }: Exchange): boolean {
  return path.startsWith('/v1/agent/service/deregister/');
}

/** Whether a request renews. */
export function isPass({ path }: Exchange): boolean {
  return path.startsWith('/v1/agent/check/pass/');
}

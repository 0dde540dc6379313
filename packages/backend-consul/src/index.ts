export { consulBackend } from './consul-backend.ts';
export type { ConsulOptions } from './options/consul-options.ts';

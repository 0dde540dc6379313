export { etcdBackend } from './etcd-backend.ts';
export type { EtcdOptions } from './options/etcd-options.ts';

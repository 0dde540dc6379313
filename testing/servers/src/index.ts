export { testCertificates, type TestCertificates } from './certificates.ts';
export { ConsulAdmin } from './consul-admin.ts';
export type { ConsulCheck, ConsulEntry, ConsulToken } from './consul-answers.ts';
export { ConsulCluster, type ConsulClusterOptions, startConsulCluster } from './consul-cluster.ts';
export type { ConsulOptions, ConsulTls } from './consul-config.ts';
export { type ConsulAccess, ConsulError } from './consul-http.ts';
export { ConsulServer, type ConsulWipeOptions, type SingleConsulOptions, startConsul } from './consul-server.ts';
export { EtcdAdmin, type EtcdAdminOptions, type PutOptions } from './etcd-admin.ts';
export type { EtcdEntry, EtcdMember, EtcdStatus } from './etcd-answers.ts';
export { EtcdCluster, startEtcdCluster } from './etcd-cluster.ts';
export { type EtcdOptions, EtcdServer, type EtcdTls, startEtcd, type WipeOptions } from './etcd-server.ts';
export { freePort, freePorts } from './free-ports.ts';
export type { GatewayTls } from './http-exchange.ts';
export type { JsonFields } from './json-fields.ts';
export { GatewayError } from './json-gateway.ts';
export { poll, type PollOptions } from './poll.ts';
export {
  type EtcdVersion,
  provisionConsul,
  provisionEtcd,
  type ProvisionedServer,
  type ProvisionOptions,
} from './provision.ts';
export type { ProxyConnection, ProxyTarget } from './proxy-connection.ts';
export type { Direction } from './proxy-faults.ts';
export { type ServerCommand, ServerProcess, temporaryFolder } from './server-process.ts';
export { TcpProxy, type TcpProxyOptions } from './tcp-proxy.ts';

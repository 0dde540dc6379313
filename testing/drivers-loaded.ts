// Before any test of a server runs: its first call would load the client library, in source, while others watch the time.
await Promise.all([
  import('../packages/backend-consul/src/consul-driver.ts'),
  import('../packages/backend-etcd/src/etcd-driver.ts'),
]);

// One program for every backend: the environment says which, as ROLLCALL_URL=etcd://127.0.0.1:2379 does. It is `memory:` by default. The
// program tells what it does and sees, which is the same on each.
import { consulBackend } from '@rollcall/backend-consul';
import { etcdBackend } from '@rollcall/backend-etcd';
import { memoryBackend } from '@rollcall/backend-memory';
import {
  consoleDiagnostics,
  environmentConfig,
  openRegistry,
  RegistryError,
  type ServiceSnapshot,
} from '@rollcall/core';

const registry = openRegistry(environmentConfig({ ROLLCALL_URL: 'memory:', ...process.env }), {
  backends: [memoryBackend(), etcdBackend(), consulBackend()],
  onDiagnostic: consoleDiagnostics(),
});

const tell = (line: string): void => console.log(line);
const names = (instances: Iterable<{ readonly id: string }>): string =>
  Array.from(instances, ({ id }) => id).join(', ') || 'nobody';

// A name that no backend can store as it is.
const service = 'orders/größe %2F';
const ttlMs = 3_000;

tell(`list of what nobody has registered: ${names(await registry.list(service))}`);

const watcher = registry.watch(service);
const see = async (): Promise<void> => {
  const { value, done } = await watcher.next();
  if (done === true) return tell('the watch has ended');
  tell(`watch: ${difference(value)}; listed: ${names(value.instances)}`);
};
await see();

const first = await registry.register({ service, id: 'a', endpoints: ['http://10.0.0.1:80'] }, { ttlMs });
await see();
const second = await registry.register(
  { service, id: 'b', endpoints: ['grpc://[2001:db8::2]:50051'], weight: 0 },
  { ttlMs },
);
await see();
tell(`services: ${(await registry.services()).join(', ')}`);

await first.update({
  status: 'draining',
  metadata: { 'any key, ünd': 'any value\nof two lines', long: 'x'.repeat(520) },
});
await see();
const [a] = await registry.list(service);
tell(
  `list: a is ${a?.status}, at ${JSON.stringify(a?.endpoints)}, ${JSON.stringify(a?.metadata['any key, ünd'])}, ${a?.metadata['long']?.length} more characters`,
);

const successor = await registry.register({ service, id: 'a', endpoints: ['http://10.0.0.9:80'] }, { ttlMs });
await see();
const { cause } = await first.closed;
tell(`the first owner of a is told: ${RegistryError.is(cause) ? cause.code : 'nothing'}`);

await second.close();
await see();
await successor.close();
await see();

await registry.close();
await see();
const afterwards = await registry.list(service).catch((error: unknown) => error);
tell(`list of a closed registry: ${RegistryError.is(afterwards) ? afterwards.code : 'something else'}`);

function difference({ delta: { added, updated, removed } }: ServiceSnapshot): string {
  return `${names(added)} added, ${names(updated)} updated, ${names(removed)} removed`;
}

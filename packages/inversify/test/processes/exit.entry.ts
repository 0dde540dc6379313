import { argv } from 'node:process';
import { RegistryError } from '@rollcall/core';
import { Discovery, Registrar, rollcallModule } from '@rollcall/inversify';
import { Container } from 'inversify';
import { etcdBackend } from '../../../backend-etcd/src/index.ts';

// A program that does what its arguments say and then has nothing more to do: what keeps it alive is the library alone.
const [what = '', config = ''] = argv.slice(2);
const container = new Container();
container.load(rollcallModule({ config, backends: [etcdBackend()], callTimeoutMs: 1_000 }));

switch (what) {
  case 'loaded':
    break;
  case 'resolved':
    container.get(Discovery);
    break;
  case 'refused':
    await container
      .get(Discovery)
      .services()
      .catch((error: unknown) => console.log(RegistryError.is(error, 'REGISTRY_UNAVAILABLE')));
    await container.unbindAllAsync();
    break;
  case 'registered': {
    const instance = { service: 'orders', id: 'child', endpoints: ['http://10.0.0.5:80'] };
    await container.get(Registrar).register(instance, { ttlMs: 3_000 });
    const watcher = container.get(Discovery).watch('orders');
    console.log((await watcher.next()).value?.instances.length);
    void watcher.next();
    await Promise.all([container.unbindAllAsync(), container.unbindAllAsync()]);
    break;
  }
}
console.log('done');

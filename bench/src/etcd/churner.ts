import { argv } from 'node:process';
import { rawEtcd } from './raw-etcd.ts';
import { recordNumber } from './stored-service.ts';

// A process of its own, so that it takes nothing from the one that is measured but what etcd sends to it.
const [endpoint = '', service = ''] = argv.slice(2);

// The end of whoever has started it is its end too.
process.once('disconnect', () => process.exit());

const raw = rawEtcd(endpoint);
for (let index = 0; ; index = (index + 1) % 50) {
  const { key, value } = recordNumber(service, 900_000 + index);
  await raw.kv.put({ key, value });
  await raw.kv.deleteRange({ key });
}

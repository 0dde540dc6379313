import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openGrpcResolver } from '@rollcall/grpc';
import { poll } from '@rollcall/testing-servers';
import { expect, test } from 'vitest';
import { Caller, greeter } from './greeter.ts';
import { openScene } from './scene.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const sockets = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;

test('instances that come and go under load leave no socket and no memory behind', { timeout: 60_000 }, async () => {
  await using scene = openScene();
  await using staying = await greeter('staying');
  await scene.offer(staying);
  using _ = openGrpcResolver({ cache: scene.cache });

  const churn = async (rounds: number): Promise<void> => {
    using caller = new Caller('rollcall:///orders');
    const over = new AbortController();
    const callOn = async (): Promise<void> => {
      while (!over.signal.aborted) await caller.greet();
    };
    const calling = callOn();
    for (let round = 0; round < rounds; round += 1) {
      await using coming = await greeter(`coming ${round}`);
      const registration = await scene.offer(coming);
      await poll(() => coming.taken > 0 || undefined, { what: 'who comes is called', everyMs: 1 });
      await registration.update({ status: 'draining' });
      const { taken } = staying;
      await poll(() => staying.taken > taken + 1 || undefined, { what: 'who stays is called', everyMs: 1 });
      await registration.close();
    }
    over.abort();
    await calling;
  };
  const settled = async (): Promise<number> => {
    await poll(() => sockets() === 0 || undefined, { what: 'all connections are closed' });
    collect();
    return process.memoryUsage().heapUsed;
  };

  // What is made once is made by then.
  await churn(200);
  const before = await settled();
  await churn(300);
  const kept = (await settled()) - before;
  // 7 kB for each that came and went: less than a connection takes.
  expect(kept).toBeLessThan(2_000_000);
});

import { EventEmitter, once } from 'node:events';
import { rename, rm, writeFile } from 'node:fs/promises';
import { manualClock } from '@rollcall/core';
import { expect, test } from 'vitest';
import { OverridesFile } from '../../src/overrides/overrides-file.ts';
import { folder } from '../folder.ts';
import { withTime } from '../scene.ts';

function followed(path: string) {
  const clock = manualClock();
  const heard = new EventEmitter();
  const file = new OverridesFile(path, clock, {
    read: (overrides) => heard.emit('heard', [...overrides.keys()]),
    refused: (error) => heard.emit('heard', error),
  });
  return {
    /** What is heard next. */
    next: async () => (await once(heard, 'heard'))[0] as unknown,
    /** What is heard next, if the file is looked at for as long as it takes. */
    afterLooks() {
      return withTime(clock, this.next());
    },
    [Symbol.dispose]: () => file.close(),
  };
}

test('is read at once, when it changes, when it is replaced and when it goes', async () => {
  await using own = await folder();
  const path = own.file('overrides.json');
  await writeFile(path, '{"orders":"h:1"}');
  using file = followed(path);
  expect(await file.next()).toEqual(['orders']);
  await writeFile(path, '{"orders":"h:1","billing":"h:2"}');
  expect(await file.afterLooks()).toEqual(['orders', 'billing']);
  await writeFile(own.file('draft'), '{"users":"h:1"}');
  await rename(own.file('draft'), path);
  expect(await file.afterLooks()).toEqual(['users']);
  await rm(path);
  expect(await file.afterLooks()).toEqual([]);
});

test('that is not there overrides nothing, until it is', async () => {
  await using own = await folder();
  const path = own.file('overrides.json');
  using file = followed(path);
  expect(await file.next()).toEqual([]);
  await writeFile(path, '{"orders":"h:1"}');
  expect(await file.afterLooks()).toEqual(['orders']);
});

test('that cannot be read is told once, and read again when it is mended', async () => {
  await using own = await folder();
  const path = own.file('overrides.json');
  await writeFile(path, '{"orders"');
  using file = followed(path);
  expect(await file.next()).toBeInstanceOf(TypeError);
  await writeFile(path, '{"orders":"h:1"}');
  expect(await file.afterLooks()).toEqual(['orders']);
});

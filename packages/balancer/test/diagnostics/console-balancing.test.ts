import { type BalancingEvent, consoleBalancing, describeBalancing } from '@rollcall/balancer';
import { expect, test, vi } from 'vitest';

const service = 'shop/orders';
const path = '/var/lib/shop/cache.json';
const error = new Error('no answer');

type Line<Event> = readonly [event: Event, kind: 'info' | 'warn', line: string];

/** Lines for each type of event. A type that is missing here does not compile. */
const lines: { readonly [Type in BalancingEvent['type']]: readonly Line<Extract<BalancingEvent, { type: Type }>>[] } = {
  'set-stale': [
    [
      { type: 'set-stale', service, instances: 3 },
      'warn',
      'shop/orders: the registry is out of reach, and the last known set is served (3 instances): look whether the registry is up, and reached from here',
    ],
  ],
  'set-live': [
    [
      { type: 'set-live', service, instances: 1, awayMs: 61_400 },
      'info',
      'shop/orders: the registry answers again after 61 s, and lists 1 instance',
    ],
  ],
  'set-expired': [
    [
      { type: 'set-expired', service, staleMs: 600_000 },
      'warn',
      'shop/orders: the registry was out of reach for 10 min, and nothing is served until it answers (maxStaleMs)',
    ],
  ],
  'set-from-disk': [
    [
      { type: 'set-from-disk', service, instances: 2, ageMs: 10_800_000 },
      'warn',
      'shop/orders: the registry has not answered yet, and the set from disk is served (2 instances, seen 3 h ago): look whether the registry is up, and reached from here',
    ],
  ],
  'watch-failed': [
    [
      { type: 'watch-failed', service, error },
      'warn',
      'shop/orders: the watch failed, and is opened again in 10 s: no answer',
    ],
  ],
  'protection-began': [
    [
      { type: 'protection-began', service, pattern: 'in-one-step', held: 3, left: 1, holdMs: 60_000 },
      'warn',
      'shop/orders: 3 instances went missing in one step, 1 left; they are served for up to 60 s more: look whether the registry has lost data, or somebody deleted them',
    ],
    [
      { type: 'protection-began', service, pattern: 'one-by-one', held: 3, left: 1, holdMs: 60_000 },
      'warn',
      'shop/orders: 3 instances went missing one by one, 1 left; they are served for up to 60 s more: look whether they are up, and reach the registry',
    ],
    [
      { type: 'protection-began', service, pattern: 'after-outage', held: 3, left: 0, holdMs: 500 },
      'warn',
      'shop/orders: 3 instances went missing during an outage, 0 left; they are served for up to 500 ms more: look whether the registry has lost data, or they do not reach it',
    ],
  ],
  'protection-ended': [
    [
      { type: 'protection-ended', service, because: 'all-returned', gone: 0 },
      'info',
      'shop/orders: all that were missed have returned',
    ],
    [
      { type: 'protection-ended', service, because: 'bound-over', gone: 2 },
      'warn',
      'shop/orders: 2 instances did not return, and are served no more: if they are up, look whether they reach the registry',
    ],
  ],
  'snapshot-read': [
    [
      { type: 'snapshot-read', path, services: 0 },
      'info',
      'the snapshot /var/lib/shop/cache.json was looked at: it has nothing that is young enough',
    ],
    [
      { type: 'snapshot-read', path, services: 1 },
      'info',
      'the snapshot /var/lib/shop/cache.json was looked at: it has 1 service',
    ],
    [
      { type: 'snapshot-read', path, services: 7 },
      'info',
      'the snapshot /var/lib/shop/cache.json was looked at: it has 7 services',
    ],
  ],
  'snapshot-refused': [
    [
      { type: 'snapshot-refused', path, reason: 'damaged', error: new Error('It is cut off.') },
      'warn',
      '/var/lib/shop/cache.json: It is cut off. A new one takes its place',
    ],
    [
      {
        type: 'snapshot-refused',
        path,
        reason: 'unreadable',
        error: new Error('It could not be read.', { cause: 'EACCES' }),
      },
      'warn',
      '/var/lib/shop/cache.json: It could not be read. (EACCES) It is left as it is, and nothing is saved: look at what stands there, and at its rights',
    ],
    [
      { type: 'snapshot-refused', path, reason: 'foreign', error: new Error('It is none.') },
      'warn',
      '/var/lib/shop/cache.json: It is none. It is left as it is, and nothing is saved: name another path',
    ],
    [
      { type: 'snapshot-refused', path, reason: 'version', error: new Error('It is newer.') },
      'warn',
      '/var/lib/shop/cache.json: It is newer. It is left as it is, and nothing is saved: name another path, or delete it',
    ],
    [
      { type: 'snapshot-refused', path, reason: 'scope', error: new Error('It is of staging.') },
      'warn',
      '/var/lib/shop/cache.json: It is of staging. It is left as it is, and nothing is saved: name another path for this scope',
    ],
  ],
  'snapshot-not-written': [
    [
      { type: 'snapshot-not-written', path, error: new Error('ENOSPC: no space left') },
      'warn',
      "the snapshot /var/lib/shop/cache.json could not be written, and the former one stands: ENOSPC: no space left: look at the folder's rights and space",
    ],
  ],
  'overrides-read': [
    [
      { type: 'overrides-read', origin: 'SERVICE_OVERRIDES', services: ['billing', 'orders'] },
      'warn',
      'SERVICE_OVERRIDES overrides the registry for billing, orders: calls go where it says',
    ],
    [
      { type: 'overrides-read', origin: 'overrides.json', services: [] },
      'info',
      'overrides.json overrides nothing any more',
    ],
  ],
  'overrides-refused': [
    [
      {
        type: 'overrides-refused',
        origin: 'overrides.json',
        error: new TypeError('overrides.json: orders: no address'),
      },
      'warn',
      'the overrides cannot be read: overrides.json: orders: no address; those that were read before stand, and without any no service is followed: mend the file',
    ],
  ],
  'callback-failed': [[{ type: 'callback-failed', error: 'a string' }, 'warn', 'a callback of yours threw: a string']],
  'instance-ejected': [
    [
      { type: 'instance-ejected', service, id: '10.0.0.1:80', failures: 5, forMs: 30_000 },
      'warn',
      'shop/orders/10.0.0.1:80: 5 calls in a row failed, and it is left out for 30 s: look at this instance',
    ],
  ],
  'instance-returned': [
    [
      { type: 'instance-returned', service, id: '10.0.0.1:80' },
      'info',
      'shop/orders/10.0.0.1:80: it may be picked again',
    ],
  ],
  'filter-failed': [
    [
      { type: 'filter-failed', service, filter: 'preferZone(a)', error },
      'warn',
      'shop/orders: preferZone(a) failed, and nobody new is picked until the next change: no answer: mend the filter',
    ],
  ],
};

test.each(Object.values<readonly Line<BalancingEvent>[]>(lines).flat())('one line for %j', (event, kind, line) => {
  const info = vi.spyOn(console, 'info').mockReturnValue();
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  consoleBalancing()(event);
  const expected = [[`rollcall: ${line}`]];
  expect({ info: info.mock.calls, warn: warn.mock.calls }).toEqual({ info: [], warn: [], [kind]: expected });
  expect(describeBalancing(event)).toBe(line);
});

test('an event is one line, whatever stands in names and messages', () => {
  const event = { type: 'callback-failed', error: new Error('two\r\nlines\u001b[31m') } as const;
  expect(describeBalancing(event)).toBe('a callback of yours threw: two lines [31m');
});

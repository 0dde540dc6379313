import { expect, test } from 'vitest';
import { type DiagnosticEvent, Diagnostics } from '../../src/diagnostics/diagnostics.ts';
import type { DriverEvent, MalformedRecord } from '../../src/driver/registry-driver.ts';
import { MalformedLog } from '../../src/watch/malformed-log.ts';
import { instance } from './sample-sets.ts';

const error = new Error('no JSON');

/** A log, and the keys that it told, service and all. */
function newLog(): { readonly log: MalformedLog; readonly keys: string[] } {
  const keys: string[] = [];
  const told = (event: DiagnosticEvent): void => {
    if (event.type === 'malformed-record' && event.error === error) keys.push(`${event.service}:${event.key}`);
  };
  return { log: new MalformedLog(new Diagnostics(told)), keys };
}

function record(key: string, id?: string): MalformedRecord {
  return { key, error, ...(id !== undefined && { id }) };
}

function snapshot(...malformed: readonly MalformedRecord[]): DriverEvent {
  return { type: 'snapshot', instances: [], malformed };
}

const changed = { type: 'changes', put: [], removedIds: [] } as const;

test('D5: a record is told once, whether a list or a watch meets it', () => {
  const { log, keys } = newLog();
  log.note('orders', snapshot(record('/a')));
  log.note('orders', snapshot(record('/a'), record('/b')));
  log.note('orders', { ...changed, removedIds: ['/b'], malformed: [record('/b')] });
  log.note('orders', changed);
  expect(keys).toEqual(['orders:/a', 'orders:/b']);
});

test('D5: records of two services are two', () => {
  const { log, keys } = newLog();
  log.note('orders', snapshot(record('/a')));
  log.note('users', snapshot(record('/a')));
  log.note('users', snapshot());
  log.note('orders', snapshot(record('/a')));
  expect(keys).toEqual(['orders:/a', 'users:/a']);
});

test.each<readonly [string, DriverEvent]>([
  ['a snapshot without it', { type: 'snapshot', instances: [] }],
  ['its id being put', { ...changed, put: [instance('a')] }],
  ['its id being removed', { ...changed, removedIds: ['a'] }],
])('D5: a record that was mended by %s is told again', (_, mending) => {
  const { log, keys } = newLog();
  log.note('orders', snapshot(record('/a', 'a')));
  log.note('orders', mending);
  log.note('orders', snapshot(record('/a', 'a')));
  expect(keys).toEqual(['orders:/a', 'orders:/a']);
});

test.each<readonly [string, DriverEvent]>([
  ['other ids', { ...changed, put: [instance('b')], removedIds: ['c'] }],
  ['its id, malformed as before', { ...changed, removedIds: ['a'], malformed: [record('/a', 'a')] }],
])('D5: a change of %s mends nothing', (_, change) => {
  const { log, keys } = newLog();
  log.note('orders', snapshot(record('/a', 'a')));
  log.note('orders', change);
  log.note('orders', snapshot(record('/a', 'a')));
  expect(keys).toEqual(['orders:/a']);
});

test('D5: a record without an id is mended by its key', () => {
  const { log, keys } = newLog();
  log.note('orders', snapshot(record('/a')));
  log.note('orders', { ...changed, removedIds: ['/a'] });
  log.note('orders', { ...changed, malformed: [record('/a')] });
  expect(keys).toEqual(['orders:/a', 'orders:/a']);
});

test('D5: 1,000 keys are remembered, and the oldest is forgotten first', () => {
  const { log, keys } = newLog();
  const records = Array.from({ length: 1_001 }, (_, index) => record(`/${index}`));
  for (const one of records) log.note('orders', { ...changed, malformed: [one] });
  expect(keys).toHaveLength(1_001);
  for (const one of records.slice(1)) log.note('orders', { ...changed, malformed: [one] });
  expect(keys).toHaveLength(1_001);
  log.note('orders', { ...changed, malformed: [record('/0')] });
  expect(keys).toHaveLength(1_002);
  log.note('orders', { ...changed, malformed: [record('/1')] });
  expect(keys.slice(1_001)).toEqual(['orders:/0', 'orders:/1']);
});

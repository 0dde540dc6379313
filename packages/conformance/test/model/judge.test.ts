import { expect, test } from 'vitest';
import { judgeRivals, judgeServices } from '../../src/model/judge.ts';
import { key, SampleRun, ttlMs, version } from './sample-run.ts';

test('R1: whoever is registered is listed, and nothing else is', () => {
  const run = new SampleRun();
  run.registered();
  run.listed(version(0, 0));
  expect(() => run.listed()).toThrow(/^R1: client 9 listed "orders" \/ "i1" missing/);
  expect(() => run.listed(version(7, 0))).toThrow(/^I7: /);
});

test('R1: while a registration is under way, both will do', () => {
  const run = new SampleRun();
  run.called();
  expect(() => run.listed()).not.toThrow();
  expect(() => run.listed(version(0, 0))).not.toThrow();
});

test('R2: what a failed registration wrote is gone at once, or after its TTL if its client was cut off', () => {
  const run = new SampleRun();
  const claim = run.called();
  run.ledger.notRegistered(claim, 'failed');
  run.pass(10);
  expect(() => run.listed(version(0, 0))).toThrow(/^R2: /);
  const other = run.called();
  run.fault(other.holder, 'cut');
  run.ledger.notRegistered(other, 'failed');
  run.pass(ttlMs - 1);
  run.listed(version(1, 0));
  run.pass(10);
  expect(() => run.listed(version(1, 0))).toThrow(/^L3: |^R2: /);
});

test('R3: a newcomer takes over in one step, and the former does not come back', () => {
  const run = new SampleRun();
  run.registered();
  run.called();
  run.listed(version(0, 0));
  run.listed(version(1, 0));
  expect(() => run.listed()).toThrow(/^R3: /);
  const [, newcomer] = run.ledger.claims;
  if (newcomer !== undefined) run.ledger.registered(newcomer, ttlMs);
  run.listed(version(1, 0));
  expect(() => run.listed(version(0, 0))).toThrow(/^R3: /);
});

test('R3: the former owner may not go on believing', () => {
  const run = new SampleRun();
  const former = run.registered();
  const newcomer = run.registered();
  run.pass(ttlMs / 3, former, newcomer);
  judgeRivals(run.ledger);
  run.pass(ttlMs / 3, former, newcomer);
  expect(() => judgeRivals(run.ledger)).toThrow(/^R3: /);
});

test('R4: who asked to be rejected takes nothing', () => {
  const run = new SampleRun();
  run.registered();
  run.registered(undefined, { onConflict: 'reject' });
  expect(() => run.listed(version(1, 0))).toThrow(/^R4: /);
});

test('R5: an update is seen once it has resolved, and either version until then', () => {
  const run = new SampleRun();
  const claim = run.registered();
  const number = run.ledger.updating(claim, (count) => version(0, count));
  run.listed(version(0, 0));
  run.listed(version(0, 1));
  run.ledger.updated(claim, number);
  run.listed(version(0, 1));
  expect(() => run.listed(version(0, 0))).toThrow(/^R5: /);
});

test('R8: a mix of two versions is nobody’s', () => {
  const run = new SampleRun();
  run.ledger.updating(run.registered(), (count) => version(0, count));
  expect(() => run.listed({ ...version(0, 1), weight: 0 })).toThrow(/^R8: /);
});

test('R7: what was deregistered is gone, and what could not be runs into its TTL', () => {
  const run = new SampleRun();
  const claim = run.registered();
  run.ledger.closing(claim);
  run.listed();
  run.listed(version(0, 0));
  run.ledger.notClosed(claim);
  run.pass(ttlMs - 10);
  run.listed(version(0, 0));
  run.pass(20);
  expect(() => run.listed(version(0, 0))).toThrow(/^R7: /);
});

test('L2, L3: the entry of a crashed owner stands until T after its last renewal, and no longer', () => {
  const run = new SampleRun();
  const claim = run.registered();
  run.pass(5_000, claim);
  run.pass(3_000);
  run.fault(claim.holder, 'crash');
  run.pass(ttlMs - 3_010);
  run.listed(version(0, 0));
  expect(() => run.listed()).toThrow(/^L2: /);
  run.pass(20);
  run.listed();
  expect(() => run.listed(version(0, 0))).toThrow(/^L3: /);
});

test('L4: an owner in reach never blips', () => {
  const run = new SampleRun();
  const claim = run.registered();
  run.pass(5_000, claim);
  expect(() => run.listed()).toThrow(/^L4: /);
});

test('L6: what was removed from outside stays away until its owner notices, and comes back then', () => {
  const run = new SampleRun();
  const claim = run.registered();
  run.pass(10, claim);
  run.removed();
  run.listed();
  expect(() => run.listed(version(0, 0))).toThrow(/^D1: /);
  run.pass(ttlMs / 2, claim);
  expect(() => run.listed()).toThrow(/^L6: /);
});

test('R6: who was cut off for too long has its entry back soon after', () => {
  const run = new SampleRun();
  const claim = run.registered();
  const fault = run.fault(claim.holder, 'cut');
  run.pass(ttlMs);
  run.ledger.lost(claim);
  run.pass(ttlMs);
  run.listed();
  run.restored(fault);
  run.listed();
  run.pass(ttlMs / 2);
  expect(() => run.listed()).toThrow(/^R6: /);
});

test('D4: a service is named when something must be listed in it, and only when something may', () => {
  const run = new SampleRun();
  const claim = run.registered();
  const told = (...names: readonly string[]): void => {
    const { timeline } = run.ledger;
    judgeServices(run.ledger, names, { who: 'client 9 was told', from: timeline.note(), to: timeline.note() });
  };
  told(key.service);
  expect(() => told()).toThrow(/^D4: /);
  expect(() => told(key.service, 'others')).toThrow(/^D4: /);
  run.ledger.closing(claim);
  run.ledger.closed(claim);
  told();
  expect(() => told(key.service)).toThrow(/^D4: /);
});

test('W4: what a watch lacks or still shows is its delay, beside the clause that a list would have broken', () => {
  const run = new SampleRun();
  const claim = run.registered();
  expect(() => run.watched()).toThrow(
    'W4: reader 1 of client 9 has "orders" / "i1" missing at 0 ms, although #0 was registered at 0 ms (R1). ' +
      'On a clock that is moved by hand a watch may be behind by 0 ms.',
  );
  run.pass(10, claim);
  run.removed();
  expect(() => run.watched(version(0, 0))).toThrow(/^W4: .* although it was removed at 10 ms, .* \(D1\)\. On a clock/);
  expect(() => run.watched(version(7, 0))).toThrow(/^I7: /);
});

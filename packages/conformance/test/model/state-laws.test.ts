import { RegistryError, type RegistrationState } from '@rollcall/core';
import { expect, test } from 'vitest';
import type { Claim } from '../../src/model/claim.ts';
import { noteChange } from '../../src/model/state-laws.ts';
import { SampleRun, ttlMs } from './sample-run.ts';

function told(run: SampleRun, claim: Claim, to: RegistrationState, news: News = {}): void {
  const { cause, remainingMs } = news;
  noteChange(run.ledger, claim, { from: claim.state, to, cause }, { from: run.ledger.timeline.note(), remainingMs });
}

interface News {
  readonly cause?: unknown;
  readonly remainingMs?: number;
}

const superseded = new RegistryError('LEASE_SUPERSEDED', 'Somebody else has it.');

test('L5: nobody loses a lease that runs on', () => {
  const run = new SampleRun();
  const claim = run.registered();
  run.pass(10);
  expect(() => told(run, claim, 'lost')).toThrow(/^L5: /);
});

test('L4: nobody in reach loses a lease by not renewing it', () => {
  const run = new SampleRun();
  const claim = run.registered();
  run.pass(ttlMs);
  expect(() => told(run, claim, 'lost')).toThrow(/^L4: /);
});

test('L5: whoever is cut off loses its lease, once', () => {
  const run = new SampleRun();
  const claim = run.registered();
  run.fault(claim.holder, 'cut');
  run.pass(ttlMs);
  told(run, claim, 'lost');
  expect(() => told(run, claim, 'lost')).toThrow(/^L7: /);
});

test('L5: a lease that came late is believed in for what is left of it', () => {
  const run = new SampleRun();
  const claim = run.registered();
  run.fault(claim.holder, 'cut');
  run.pass(ttlMs);
  told(run, claim, 'lost');
  told(run, claim, 'active', { remainingMs: 10 });
  run.pass(10);
  told(run, claim, 'lost');
  told(run, claim, 'active', { remainingMs: 10 });
  run.pass(5);
  expect(() => told(run, claim, 'lost')).toThrow(/^L5: .* its lease runs until/);
});

test('L6: an entry that was removed is lost before the deadline', () => {
  const run = new SampleRun();
  const claim = run.registered();
  run.removed();
  run.pass(10);
  told(run, claim, 'lost');
  told(run, claim, 'active');
  expect(claim.grant?.done.at).toBe(10);
});

test('R3: whoever is superseded is so by somebody, and closed without being lost', () => {
  const run = new SampleRun();
  const alone = run.registered();
  expect(() => told(run, alone, 'closed', { cause: superseded })).toThrow(/^R3: /);
  const other = new SampleRun();
  const former = other.registered();
  other.registered();
  expect(() => told(other, former, 'lost')).toThrow(/^L7: /);
  const third = new SampleRun();
  const first = third.registered();
  third.registered();
  told(third, first, 'closed', { cause: superseded });
  expect(first.ending?.kind).toBe('superseded');
});

test('L7: nobody closes without a reason, and nobody comes back from it', () => {
  const run = new SampleRun();
  const claim = run.registered();
  expect(() => told(run, claim, 'closed')).toThrow(/^L7: /);
  expect(() => told(run, claim, 'active')).toThrow(/^L7: /);
});

import { manualClock } from '@rollcall/core';
import { describe, expect, test } from 'vitest';
import type { Standing } from '../../src/layout/standing.ts';
import { SharedReads } from '../../src/leasing/shared-reads.ts';

/** A read that went out. */
interface Sent {
  readonly service: string;
  readonly ids: readonly string[];
  readonly signal: AbortSignal;
  readonly answer: (standing: Standing) => void;
  readonly fail: (error: unknown) => void;
}

const forever = new AbortController().signal;

describe('reads that are shared', () => {
  test('R1: a burst is two reads for each service: of who comes first, and of all others', async () => {
    const { reads, sent } = scene();
    const asked = [
      reads.standing('a', '1', forever),
      reads.standing('a', '2', forever),
      reads.standing('a', '3', forever),
      reads.standing('b', '1', forever),
    ];
    const [first, rest, b] = [standing(), standing(), standing()];
    sent[0]?.answer(first);
    sent[1]?.answer(b);
    await turn();
    expect(sent.map(({ service, ids }) => [service, ids])).toEqual([
      ['a', ['1']],
      ['b', ['1']],
      ['a', ['2', '3']],
    ]);
    sent[2]?.answer(rest);
    expect(await Promise.all(asked)).toEqual([first, rest, rest, b]);
  });

  test('R1: what is asked for while a read is on its way is another, which goes out when that is back', async () => {
    const { reads, sent } = scene();
    const first = reads.standing('a', '1', forever);
    await turn();
    const others = [reads.standing('a', '1', forever), reads.standing('a', '2', forever)];
    await turn();
    expect(sent).toHaveLength(1);
    sent[0]?.fail(new Error('lost'));
    await expect(first).rejects.toThrow('lost');
    await turn();
    expect(sent.map(({ ids }) => ids)).toEqual([['1'], ['1', '2']]);
    const second = standing();
    sent[1]?.answer(second);
    expect(await Promise.all(others)).toEqual([second, second]);
  });

  test('E3: a read that hangs holds nobody back', async () => {
    const { reads, sent, clock } = scene();
    void reads.standing('a', '1', forever);
    await turn();
    const other = reads.standing('a', '2', forever);
    await clock.advance(50);
    await turn();
    expect(sent.map(({ ids }) => ids)).toEqual([['1'], ['2']]);
    const second = standing();
    sent[1]?.answer(second);
    expect(await other).toBe(second);
  });

  test('C1: who gives up is told at once, and the read is given up when nobody waits for it', async () => {
    const { reads, sent } = scene();
    const [one, two] = [new AbortController(), new AbortController()];
    const first = reads.standing('a', '0', forever);
    const asked = [reads.standing('a', '1', one.signal), reads.standing('a', '2', two.signal)];
    sent[0]?.answer(standing());
    await first;
    await turn();
    one.abort(new Error('first'));
    await expect(asked[0]).rejects.toThrow('first');
    expect(sent[1]?.signal.aborted).toBe(false);
    two.abort(new Error('second'));
    await expect(asked[1]).rejects.toThrow('second');
    expect(sent[1]?.signal.aborted).toBe(true);
  });

  test('C1: a read that was given up before it went out harms nobody who asks later', async () => {
    const { reads, sent, clock } = scene();
    void reads.standing('a', '1', forever);
    await turn();
    const given = new AbortController();
    const upon = reads.standing('a', '2', given.signal);
    given.abort(new Error('given up'));
    await expect(upon).rejects.toThrow('given up');
    const later = reads.standing('a', '3', forever);
    await clock.advance(50);
    await turn();
    const own = sent.find(({ ids }) => ids.includes('3'));
    expect(own?.signal.aborted).toBe(false);
    const third = standing();
    own?.answer(third);
    expect(await later).toBe(third);
  });

  test('C1: a signal that is aborted beforehand rejects', async () => {
    const { reads } = scene();
    await expect(reads.standing('a', '1', AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  });
});

function scene(): { reads: SharedReads; sent: Sent[]; clock: ReturnType<typeof manualClock> } {
  const sent: Sent[] = [];
  const clock = manualClock();
  const reads = new SharedReads(
    (service, ids, signal) =>
      new Promise((answer, fail) => {
        sent.push({ service, ids, signal, answer, fail });
      }),
    clock,
  );
  return { reads, sent, clock };
}

function standing(): Standing {
  return { newest: new Map(), all: new Map(), present: new Set(), malformed: [] };
}

/** All that was under way in this turn of the event loop is done. */
function turn(): Promise<void> {
  return new Promise((done) => {
    setImmediate(done);
  });
}

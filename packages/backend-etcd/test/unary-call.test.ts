import { Metadata, status } from '@grpc/grpc-js';
import { expect, test, vi } from 'vitest';
import { UnaryCall } from '../src/connection/unary-call.ts';
import { rangeRpc } from '../src/protocol/etcd-rpcs.ts';

const request = { key: Buffer.of(1) };

/** A call that was sent, as far as whoever waits for it can tell. */
class Pending {
  readonly settled = vi.fn<(outcome: unknown) => void>();
  readonly over = vi.fn<() => void>();
  readonly call = new UnaryCall({
    rpc: rangeRpc,
    request,
    metadata: new Metadata(),
    signal: undefined,
    resolve: this.settled,
    reject: this.settled,
    late: () => new Error('late'),
    over: this.over,
  });

  ends(code: status, details: string): void {
    this.call.onReceiveStatus({ code, details, metadata: new Metadata() });
  }
}

test('E1: an answer that is none of etcd’s fails the call, and nothing else', () => {
  const pending = new Pending();
  pending.call.onReceiveMessage(Buffer.from('<html>what a proxy says</html>'));
  pending.ends(status.OK, '');
  expect(pending.settled).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: status.UNAVAILABLE }));
  expect(pending.over).toHaveBeenCalledTimes(1);
});

test('E1: a call that ended well without an answer fails', () => {
  const pending = new Pending();
  pending.ends(status.OK, '');
  expect(pending.settled).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ details: 'the answer was empty' }));
});

test('E1: a status is told with its code and words', () => {
  const pending = new Pending();
  const details = 'etcdserver: requested lease not found';
  pending.ends(status.NOT_FOUND, details);
  expect(pending.settled).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: status.NOT_FOUND, details }));
});

test('E3: what comes after the bound changes nothing', () => {
  const pending = new Pending();
  pending.call.wake();
  pending.ends(status.OK, '');
  expect(pending.settled).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: 'late' }));
  expect(pending.over).toHaveBeenCalledTimes(1);
});

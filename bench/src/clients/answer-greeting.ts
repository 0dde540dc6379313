import type { ServerHttp2Stream } from 'node:http2';

const message = Buffer.from('hello ada');
const header = Buffer.alloc(5);
header.writeUInt32BE(message.length, 1);
const answer = Buffer.concat([header, message]);

/** Answers a unary call with as little as gRPC can do with, so that it is the caller who has no time left. */
export function answerGreeting(stream: ServerHttp2Stream): void {
  stream.resume();
  stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' }, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(answer);
}

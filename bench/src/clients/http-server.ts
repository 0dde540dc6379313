import { once } from 'node:events';
import { createServer } from 'node:http';
import { answerQuestions } from './answer-questions.ts';
import { socketsOf } from './sockets.ts';

const answer = JSON.stringify({ id: 42, name: 'a small thing', price: 12.5 });

const server = createServer((request, response) => {
  request.resume();
  request.once('end', () => response.end(answer));
});
const sockets = socketsOf(server);
server.listen(0, '127.0.0.1');
await once(server, 'listening');

answerQuestions(sockets);

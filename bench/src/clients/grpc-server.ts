import { once } from 'node:events';
import { createServer } from 'node:http2';
import { answerGreeting } from './answer-greeting.ts';
import { answerQuestions } from './answer-questions.ts';
import { socketsOf } from './sockets.ts';

const server = createServer();
server.on('stream', answerGreeting);
const sockets = socketsOf(server);
server.listen(0, '127.0.0.1');
await once(server, 'listening');

answerQuestions(sockets);

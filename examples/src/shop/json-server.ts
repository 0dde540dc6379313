import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { Malformed } from './fields.ts';
import { Refusal } from './refusal.ts';

/** What the services of the shop ask each other. Each may be asked twice: whoever got no answer asks somebody else. */
export interface Question {
  readonly method: 'GET' | 'PUT';
  /** `/prices/apple` is `['prices', 'apple']`. */
  readonly path: readonly string[];
  /** What becomes the JSON of the body, or came from it. */
  readonly body?: unknown;
}

/** What a service does: the result becomes the JSON of the answer. @throws Refusal; Malformed for a body that is wrong */
export type Answerer = (question: Question) => unknown;

/** A service on HTTP. It does not listen yet. */
export function jsonServer(answerer: Answerer): Server {
  return createServer((request, response) => {
    // A caller that hung up has nobody left to tell.
    answer(request, response, answerer).catch(() => response.destroy());
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, answerer: Answerer): Promise<void> {
  const { status, json } = await outcome(request, answerer);
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(json));
}

async function outcome(request: IncomingMessage, answerer: Answerer): Promise<{ status: number; json: unknown }> {
  try {
    return { status: 200, json: await answerer(await questionOf(request)) };
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, json: { error: error.message } };
    if (error instanceof Malformed) return { status: 400, json: { error: error.message } };
    console.error(error);
    return { status: 500, json: { error: 'Something is wrong here.' } };
  }
}

async function questionOf(request: IncomingMessage): Promise<Question> {
  const { method, url = '' } = request;
  if (method !== 'GET' && method !== 'PUT') throw new Refusal(405, 'Only GET and PUT are understood.');
  return { method, path: pathOf(url), body: jsonOf(await text(request)) };
}

function pathOf(url: string): readonly string[] {
  try {
    return url.slice(1).split('/').map(decodeURIComponent);
  } catch {
    throw new Malformed('path: expected percent-encoded UTF-8');
  }
}

function jsonOf(body: string): unknown {
  try {
    return body === '' ? undefined : JSON.parse(body);
  } catch {
    throw new Malformed('body: expected JSON');
  }
}

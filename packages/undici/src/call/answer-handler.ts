import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import { ModernAnswerHandler } from './modern-answer-handler.ts';

/**
 * Whoever gets the answer of a call, in the form in which undici's own clients are written. It takes headers as they came, so that they are
 * parsed once, by whom they are for; the form that replaces it would have them parsed and written again on the way.
 */
export interface AnswerHandler {
  onConnect(abort: (reason?: Error) => void): void;
  onResponseStarted?(): void;
  onHeaders(status: number, headers: Buffer[], resume: () => void, statusText: string): boolean;
  onData(chunk: Buffer): boolean;
  onComplete(trailers: string[] | null): void;
  onUpgrade?(status: number, headers: Buffer[] | string[] | null, socket: Duplex): void;
  onError(error: Error): void;
}

/** What undici hands to an interceptor: it has wrapped what is written in the old form, so that all are of the new one too. */
export function answerHandler(handler: Dispatcher.DispatchHandler): AnswerHandler {
  return isAnswerHandler(handler) ? handler : new ModernAnswerHandler(handler);
}

function isAnswerHandler(handler: Dispatcher.DispatchHandler): handler is Dispatcher.DispatchHandler & AnswerHandler {
  return typeof handler.onConnect === 'function' && typeof handler.onError === 'function';
}

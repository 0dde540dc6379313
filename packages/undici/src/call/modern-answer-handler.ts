import type { Duplex } from 'node:stream';
import { type Dispatcher, util } from 'undici';
import type { AnswerHandler } from './answer-handler.ts';

/** One that knows the new form only, as those of undici's other interceptors do. */
export class ModernAnswerHandler implements AnswerHandler {
  readonly #handler: Dispatcher.DispatchHandler;
  #controller: CallController | undefined;

  constructor(handler: Dispatcher.DispatchHandler) {
    this.#handler = handler;
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.#controller = new CallController(abort);
    this.#handler.onRequestStart?.(this.#controller, undefined);
  }

  onHeaders(status: number, headers: Buffer[], resume: () => void, statusText: string): boolean {
    const controller = this.#told();
    controller.resumeWith = resume;
    controller.rawHeaders = headers;
    this.#handler.onResponseStart?.(controller, status, util.parseHeaders(headers), statusText);
    return !controller.paused;
  }

  onData(chunk: Buffer): boolean {
    const controller = this.#told();
    this.#handler.onResponseData?.(controller, chunk);
    return !controller.paused;
  }

  onComplete(trailers: string[] | null): void {
    const controller = this.#told();
    controller.rawTrailers = trailers;
    this.#handler.onResponseEnd?.(controller, util.parseHeaders(trailers ?? []));
  }

  onUpgrade(status: number, headers: Buffer[] | string[] | null, socket: Duplex): void {
    const controller = this.#told();
    controller.rawHeaders = headers;
    this.#handler.onRequestUpgrade?.(controller, status, util.parseHeaders(headers ?? []), socket);
  }

  onError(error: Error): void {
    this.#handler.onResponseError?.(this.#told(), error);
  }

  #told(): CallController {
    return (this.#controller ??= new CallController(() => undefined));
  }
}

class CallController implements Dispatcher.DispatchController {
  rawHeaders: Buffer[] | string[] | null = null;
  rawTrailers: string[] | null = null;
  resumeWith: (() => void) | undefined;
  paused = false;
  aborted = false;
  reason: Error | null = null;
  readonly #abort: (reason?: Error) => void;

  constructor(abort: (reason?: Error) => void) {
    this.#abort = abort;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.resumeWith?.();
  }

  abort(reason: Error): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    this.#abort(reason);
  }
}

import type { Duplex } from 'node:stream';
import type { AcquiredInstance } from '@rollcall/balancer';
import type { Sleeper } from '@rollcall/core/driver';
import { errors } from 'undici';
import type { CallAttempt } from '../call-observer.ts';
import type { AnswerHandler } from './answer-handler.ts';

/** What an attempt is a part of. It hears of the attempt until it has let go of it. */
export interface AttemptOwner {
  /** The head of an answer is there. @returns whether the caller is to have it; otherwise the attempt is over */
  answers(attempt: Attempt, status: number): 'taken' | 'passed over';
  /** The answer that was taken has come to its end. */
  completes(attempt: Attempt): void;
  /** There is no answer, or no whole one. */
  fails(attempt: Attempt, error: Error): void;
  /** Its time is over. */
  overruns(attempt: Attempt): void;
}

/** The most that is read of an answer that nobody gets, in bytes, so that its connection can be used again. */
const mostPassedOver = 65_536;

/** One request to one instance: what undici tells of it goes to the caller, as long as the call goes by this attempt. */
export class Attempt implements AnswerHandler, CallAttempt, Sleeper {
  dueAt: number = Infinity;
  queuedAt: number = Infinity;
  readonly number: number;
  readonly url: string;
  readonly acquired: AcquiredInstance;
  /** Of its answer. */
  status: number | undefined;
  /** Nothing reaches the connection before undici has said so. */
  sent: 'nothing' | 'something' = 'nothing';
  readonly #owner: AttemptOwner;
  readonly #handler: AnswerHandler;
  #is: 'current' | 'complete' | 'passed over' | 'over' = 'current';
  #passedOver = 0;
  #abort: ((reason?: Error) => void) | undefined;

  constructor(owner: AttemptOwner, handler: AnswerHandler, number: number, url: string, acquired: AcquiredInstance) {
    this.#owner = owner;
    this.#handler = handler;
    this.number = number;
    this.url = url;
    this.acquired = acquired;
  }

  get instance(): AcquiredInstance['instance'] {
    return this.acquired.instance;
  }

  /** The call wants no more of it. What is queued still is not sent. */
  abandon(reason: Error): void {
    this.#is = 'over';
    this.#abort?.(reason);
  }

  wake(): void {
    this.#owner.overruns(this);
  }

  onConnect(abort: (reason?: Error) => void): void {
    // Undici drops the request then, and keeps its connection and its body as they are.
    if (this.#is !== 'current') throw new errors.RequestAbortedError();
    this.sent = 'something';
    this.#abort = abort;
  }

  onResponseStarted(): void {
    if (this.#is === 'current') this.#handler.onResponseStarted?.();
  }

  onHeaders(status: number, headers: Buffer[], resume: () => void, statusText: string): boolean {
    if (this.#is !== 'current') return true;
    if (status >= 200) {
      this.status = status;
      if (this.#owner.answers(this, status) === 'passed over') {
        this.#is = 'passed over';
        return true;
      }
    }
    return this.#handler.onHeaders(status, headers, resume, statusText);
  }

  onData(chunk: Buffer): boolean {
    if (this.#is === 'current') return this.#handler.onData(chunk);
    this.#passedOver += chunk.length;
    if (this.#passedOver > mostPassedOver) this.#abort?.();
    return true;
  }

  onComplete(trailers: string[] | null): void {
    if (this.#is !== 'current') return;
    this.#is = 'complete';
    this.#owner.completes(this);
    this.#handler.onComplete(trailers);
  }

  onUpgrade(status: number, headers: Buffer[] | string[] | null, socket: Duplex): void {
    if (this.#is !== 'current') {
      socket.destroy();
      return;
    }
    this.status = status;
    this.#is = 'complete';
    this.#owner.completes(this);
    this.#handler.onUpgrade?.(status, headers, socket);
  }

  onError(error: Error): void {
    // A handler may throw at the end of an answer, and is told of it: undici's retries rest on that.
    if (this.#is === 'complete') this.#handler.onError(error);
    if (this.#is !== 'current') return;
    this.#is = 'over';
    this.#owner.fails(this, error);
  }
}

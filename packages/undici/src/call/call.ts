import type { AcquiredInstance, CallResult, PickContext } from '@rollcall/balancer';
import { type Dispatcher, errors } from 'undici';
import type { AnswerHandler } from './answer-handler.ts';
import { Attempt, type AttemptOwner } from './attempt.ts';
import { faultOf, isLostConnection } from './call-fault.ts';
import type { CalledService } from './called-service.ts';
import { failedCall } from './failed-call.ts';
import { hasFailedWith, isReplayable } from './replayable-body.ts';
import type { FailedAttempt } from './service-call-error.ts';
import { ToldCall } from './told-call.ts';
import { withHeaders } from './with-headers.ts';

/** One call of a service: its attempts, one after the other, until the caller has an answer or an error. */
export class Call implements AttemptOwner {
  readonly #service: CalledService;
  readonly #request: Dispatcher.DispatchOptions;
  readonly #handler: AnswerHandler;
  #is: 'waiting' | 'answering' | 'over' = 'waiting';
  /** Of the answer that the caller gets. */
  #status: number | undefined;
  /** The one that the call goes by; none between two. */
  #attempt: Attempt | undefined;
  #attempts = 0;
  #failed: FailedAttempt[] | undefined;
  #context: PickContext | undefined;
  #told: ToldCall | undefined;

  constructor(service: CalledService, request: Dispatcher.DispatchOptions, handler: AnswerHandler) {
    this.#service = service;
    this.#request = request;
    this.#handler = handler;
  }

  /** From now on it can be aborted, also while a connection is opened. */
  begin(): void {
    this.#handler.onConnect((reason) => this.#abort(reason));
    if (this.#is === 'over') return;
    const { observer, budget, terms } = this.#service;
    if (observer !== undefined) this.#told = ToldCall.begin(observer, this.#service, this.#request);
    budget?.countCall();
    let first: AcquiredInstance;
    try {
      this.#context = terms.pickContext?.(this.#request);
      first = this.#service.balancer.acquire(this.#context);
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(String(error), { cause: error }));
      return;
    }
    this.#start(first);
  }

  answers(attempt: Attempt, status: number): 'taken' | 'passed over' {
    this.#service.deadlines.cancel(attempt);
    const next = this.#service.terms.failureStatuses.has(status) ? this.#another(attempt) : undefined;
    if (next === undefined) {
      this.#is = 'answering';
      this.#status = status;
      return 'taken';
    }
    this.#failure(attempt, undefined);
    this.#follow(next);
    return 'passed over';
  }

  completes(attempt: Attempt): void {
    this.#service.deadlines.cancel(attempt);
    this.#is = 'over';
    const { status } = attempt;
    const isFailure = status !== undefined && this.#service.terms.failureStatuses.has(status);
    this.#finish(attempt, isFailure ? 'failure' : 'success', undefined);
    this.#told?.ended({ attempts: this.#attempts, status, error: undefined });
  }

  fails(attempt: Attempt, error: Error): void {
    this.#service.deadlines.cancel(attempt);
    const isCallers = faultOf(error, attempt.sent) === 'caller' || hasFailedWith(this.#request.body, error);
    if (!isCallers) {
      this.#goOn(attempt, error);
      return;
    }
    this.#finish(attempt, 'ignored', error);
    this.#end(error);
  }

  overruns(attempt: Attempt): void {
    const { attemptTimeoutMs } = this.#service.terms;
    const error = new DOMException(`no answer within ${attemptTimeoutMs} ms (attemptTimeoutMs)`, 'TimeoutError');
    attempt.abandon(error);
    this.#goOn(attempt, error);
  }

  /** The instance is at fault: somebody else is asked, if that is safe, or the call fails. */
  #goOn(attempt: Attempt, error: Error): void {
    const next = this.#is === 'waiting' ? this.#another(attempt, error) : undefined;
    this.#failure(attempt, error);
    if (next !== undefined) {
      this.#follow(next);
      return;
    }
    const { service, at } = this.#service.terms;
    const { method, path } = this.#request;
    const failed = { service, method, path, origin: at.origin, attempts: this.#failed ?? [] };
    this.#end(failedCall(failed, this.#is === 'answering' ? 'broken answer' : 'no answer'));
  }

  #abort(reason: Error | undefined): void {
    if (this.#is === 'over') return;
    const error = reason ?? new errors.RequestAbortedError();
    const attempt = this.#attempt;
    if (attempt !== undefined) {
      this.#service.deadlines.cancel(attempt);
      attempt.abandon(error);
      this.#finish(attempt, 'ignored', error);
    }
    this.#end(error);
  }

  #start(acquired: AcquiredInstance): void {
    const { pools, deadlines, terms } = this.#service;
    const { url, pool } = pools.of(acquired.instance);
    this.#attempts += 1;
    const attempt = new Attempt(this, this.#handler, this.#attempts, url, acquired);
    this.#attempt = attempt;
    if (terms.attemptTimeoutMs !== undefined)
      deadlines.set(attempt, this.#service.clock.now() + terms.attemptTimeoutMs);
    const more = this.#told?.attemptStarted(attempt);
    const request = this.#request;
    pool.dispatch(more === undefined ? request : { ...request, headers: withHeaders(request.headers, more) }, attempt);
  }

  /** In a turn of its own: undici's queues are not to be changed while one of them is failed. */
  #follow(next: AcquiredInstance): void {
    queueMicrotask(() => {
      if (this.#is === 'over') next.done('ignored');
      else this.#start(next);
    });
  }

  /** Whom to try next; nobody if it is not safe, if there is nobody, or if there were too many retries already. */
  #another(attempt: Attempt, error?: Error): AcquiredInstance | undefined {
    const { terms, budget } = this.#service;
    if (terms.retry === undefined || this.#attempts >= terms.retry.maxAttempts) return undefined;
    if (!this.#isSafe(attempt)) return undefined;
    const tried = new Set((this.#failed ?? []).map(({ id }) => id)).add(attempt.instance.id);
    const next = this.#acquire({ ...this.#context, avoid: tried });
    if (next === undefined) return undefined;
    // One that is alone is asked again only where another connection may do.
    const isOfUse = !tried.has(next.instance.id) || isLostConnection(error);
    if (isOfUse && budget?.takeRetry() === true) return next;
    next.done('ignored');
    return undefined;
  }

  #isSafe({ sent }: Attempt): boolean {
    if (sent === 'nothing') return true;
    const { method, body, idempotent } = this.#request;
    return (idempotent ?? this.#service.terms.retry?.methods.has(method) ?? false) && isReplayable(body);
  }

  #acquire(context: PickContext): AcquiredInstance | undefined {
    try {
      return this.#service.balancer.acquire(context);
    } catch {
      // Nobody is left; why the call failed is told by its attempts.
      return undefined;
    }
  }

  #failure(attempt: Attempt, error: Error | undefined): void {
    const { instance, url, sent, status } = attempt;
    this.#failed ??= [];
    this.#failed.push({ id: instance.id, url, sent: sent === 'something', status, error });
    this.#finish(attempt, 'failure', error);
  }

  /** The balancer and the observer hear of the end of an attempt. */
  #finish(attempt: Attempt, result: CallResult, error: Error | undefined): void {
    this.#attempt = undefined;
    attempt.acquired.done(result);
    this.#told?.attemptEnded(attempt, { result, status: attempt.status, error });
  }

  /** The caller gets an error. */
  #end(error: Error): void {
    this.#is = 'over';
    this.#told?.ended({ attempts: this.#attempts, status: this.#status, error });
    this.#handler.onError(error);
  }
}

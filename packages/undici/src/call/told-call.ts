import type { Dispatcher } from 'undici';
import { guarded } from '@rollcall/core/driver';
import type { AttemptEnd, CallAttempt, CallEnd, CallListener, CallObserver } from '../call-observer.ts';
import type { CalledService } from './called-service.ts';

/** A call that an observer hears of. What the observer throws stops no call. */
export class ToldCall {
  readonly #listener: CallListener;

  constructor(listener: CallListener) {
    this.#listener = listener;
  }

  /** Undefined if the observer does not want to hear of it. */
  static begin(
    observer: CallObserver,
    { terms }: CalledService,
    { method, path }: Dispatcher.DispatchOptions,
  ): ToldCall | undefined {
    const call = { service: terms.service, origin: terms.at.origin, method, path };
    const listener = guarded(() => observer.callStarted(call));
    return listener && new ToldCall(listener);
  }

  attemptStarted({ number, instance, url }: CallAttempt): Readonly<Record<string, string>> | undefined {
    return guarded(() => this.#listener.attemptStarted?.({ number, instance, url }));
  }

  attemptEnded({ number, instance, url }: CallAttempt, end: AttemptEnd): void {
    guarded(() => this.#listener.attemptEnded?.({ number, instance, url }, end));
  }

  ended(end: CallEnd): void {
    guarded(() => this.#listener.callEnded?.(end));
  }
}

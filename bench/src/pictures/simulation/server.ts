import type { Clock } from '@rollcall/core';

/** What a server does with a call. */
export type Health = 'answers' | 'fails at once';

interface Job {
  readonly workMs: number;
  readonly answer: (result: 'success' | 'failure') => void;
  isOff: boolean;
}

/** How many calls a server works on at a time; the others wait in line. */
export const workers = 4;

/** How long a failure takes that is noticed at once: a refused connection on a network nearby. */
const refusalMs = 1;

/** An instance at work. */
export class Server {
  /** How many times longer its work takes than it should. */
  slowness = 1;
  health: Health = 'answers';
  readonly #clock: Clock;
  readonly #line: Job[] = [];
  #busy = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a call that is `workMs` of work. @returns what calls it off: it leaves the line, but work that has begun goes on */
  take(workMs: number, answer: (result: 'success' | 'failure') => void): Disposable {
    const job: Job = { workMs, answer, isOff: false };
    if (this.health === 'fails at once') this.#clock.schedule(refusalMs, () => answer('failure'));
    else {
      this.#line.push(job);
      this.#work();
    }
    return {
      [Symbol.dispose]: () => {
        job.isOff = true;
      },
    };
  }

  #work(): void {
    while (this.#busy < workers) {
      const job = this.#line.shift();
      if (job === undefined) return;
      if (job.isOff) continue;
      this.#busy += 1;
      this.#clock.schedule(job.workMs * this.slowness, () => {
        this.#busy -= 1;
        if (!job.isOff) job.answer('success');
        this.#work();
      });
    }
  }
}

import { fork } from 'node:child_process';
import { once } from 'node:events';

/** A process that changes what others watch and list. */
export interface Churning extends AsyncDisposable {
  readonly isRunning: boolean;
}

/** Starts a process that puts and deletes instances of a service without a pause. Disposing ends it. */
export function startChurning(endpoint: string, service: string): Churning {
  const churner = fork(new URL('churner.js', import.meta.url), [endpoint, service]);
  return {
    get isRunning() {
      return churner.exitCode === null && churner.signalCode === null;
    },
    async [Symbol.asyncDispose]() {
      if (!this.isRunning) return;
      const exit = once(churner, 'exit');
      churner.disconnect();
      await exit;
    },
  };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { InstancePatch } from '@rollcall/core';
import { isReport, type Order, type Report, sharedClock } from './process-messages.ts';
import type { Crash, Launch, Provider, Updated } from './provider.ts';

// What `tsc` makes of the file beside this one.
const program = fileURLToPath(new URL('provider-process.js', import.meta.url));

/** A computer that is busy with other things may take its time. */
const patienceMs = 15_000;

/** How providers are to be run. */
export interface ProcessTerms {
  /** Where they register. */
  readonly url: string;
  readonly ttlMs: number;
  /** Hears when a process ends that nobody told to. */
  readonly onSurprise: (error: Error) => void;
}

/** Runs every provider as a process of its own: all they share is the backend. */
export class OwnProcesses {
  readonly #terms: ProcessTerms;
  readonly #providers = new Set<ProviderProcess>();

  constructor(terms: ProcessTerms) {
    this.#terms = terms;
  }

  readonly launch: Launch = async (name) => {
    const provider = new ProviderProcess(name, this.#terms);
    this.#providers.add(provider);
    await provider.serves();
    return provider;
  };

  /** Ends all of them, those that do not serve yet too, without a goodbye. Resolves when they are gone. */
  async kill(): Promise<void> {
    await Promise.all([...this.#providers].map((provider) => provider.kill()));
  }
}

class ProviderProcess implements Provider {
  readonly name: string;
  readonly #child: ReturnType<typeof spawnProvider>;
  /** Aborts when the process has ended, with an error that says how. */
  readonly #end = new AbortController();
  #isToldToEnd = false;
  #goodbye: Promise<void> | undefined;

  constructor(name: string, { url, ttlMs, onSurprise }: ProcessTerms) {
    this.name = name;
    this.#child = spawnProvider(name, url, ttlMs);
    const ended = (how: string): void => {
      const error = new Error(`${name} (process ${this.pid ?? 'not started'}) has ended: ${how}.`);
      this.#end.abort(error);
      if (!this.#isToldToEnd) onSurprise(error);
    };
    this.#child.once('exit', (code, signal) => ended(signal ?? `exit code ${code}`));
    this.#child.on('error', (error) => ended(error.message));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when it listens and everybody can see it. */
  async serves(): Promise<void> {
    const report = await this.#hears();
    if (report.type !== 'serving') throw this.#misunderstood(report);
  }

  async update(patch: InstancePatch): Promise<Updated> {
    const report = await this.#asks({ type: 'update', patch });
    if (report.type !== 'updated') throw this.#misunderstood(report);
    return { keptItsLease: report.keptItsLease };
  }

  stop(): Promise<void> {
    this.#goodbye ??= this.#sayGoodbye();
    return this.#goodbye;
  }

  async crash(): Promise<Crash> {
    const askedAtMs = sharedClock();
    const report = await this.#asks({ type: 'tell-last-renewal' });
    if (report.type !== 'last-renewal') throw this.#misunderstood(report);
    await this.kill();
    return {
      how: `is killed (SIGKILL to process ${this.pid}): no goodbye`,
      renewedMsAgo: askedAtMs - report.sentAtMs,
    };
  }

  async kill(): Promise<void> {
    await this.#endsBy('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // One that was not stopped before belongs to a run that broke off: nobody waits for its goodbye.
    await this.kill();
  }

  async #sayGoodbye(): Promise<void> {
    if (this.#end.signal.aborted) return;
    const impatience = setTimeout(() => this.#child.kill('SIGKILL'), patienceMs);
    await this.#endsBy('SIGTERM');
    clearTimeout(impatience);
    if (this.#child.exitCode !== 0) throw this.#end.signal.reason;
  }

  async #endsBy(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#isToldToEnd = true;
    if (this.#end.signal.aborted) return;
    const ended = once(this.#end.signal, 'abort');
    this.#child.kill(signal);
    await ended;
  }

  async #asks(order: Order): Promise<Report> {
    const answer = this.#hears();
    // That it cannot be sent shows when the process ends.
    this.#child.send(order, () => undefined);
    return answer;
  }

  /** What it says next. */
  async #hears(): Promise<Report> {
    const signal = AbortSignal.any([this.#end.signal, AbortSignal.timeout(patienceMs)]);
    const [message]: unknown[] = await once(this.#child, 'message', { signal }).catch((cause: unknown) => {
      this.#end.signal.throwIfAborted();
      throw new Error(`${this.name} (process ${this.pid}) has said nothing for ${patienceMs} ms.`, { cause });
    });
    if (!isReport(message)) throw new Error(`${this.name} (process ${this.pid}) said something strange.`);
    return message;
  }

  #misunderstood(report: Report): Error {
    const what = report.type === 'failed' ? report.reason : report.type;
    return new Error(`${this.name} (process ${this.pid}) did not do as it was told: ${what}`);
  }
}

function spawnProvider(name: string, url: string, ttlMs: number) {
  return spawn(process.execPath, [program, name, String(ttlMs)], {
    // Not as an argument, which everybody on the computer can read: a URL may hold a password.
    env: { ...process.env, REGISTRY_URL: url },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // Away from the terminal: Ctrl-C is for the demo, which decides what becomes of its providers.
    detached: true,
  });
}

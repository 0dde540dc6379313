import { type Secret, SecretError } from '@rollcall/core/driver';
import { nodeSecretSources } from '../options/node-secret-sources.ts';
import { ConsulFailure } from './consul-failure.ts';

/** The token that every request shows. It is read at the first one, and again after Consul has refused it: it may have been renewed. */
export class AgentToken {
  readonly #secret: Secret | undefined;
  #text: Promise<string> | undefined;
  #last: string | undefined;
  #version = 0;

  constructor(secret: Secret | undefined) {
    this.#secret = secret;
  }

  /** Another one whenever another text was read than before. */
  get version(): number {
    return this.#version;
  }

  /** Whether there is one to show. */
  get isGiven(): boolean {
    return this.#secret !== undefined;
  }

  /** Rejects with a `ConsulFailure` that names what is missing. */
  async text(): Promise<string | undefined> {
    if (this.#secret === undefined) return undefined;
    this.#text ??= this.#secret.reveal(nodeSecretSources);
    try {
      const text = await this.#text;
      if (this.#last !== undefined && this.#last !== text) this.#version += 1;
      this.#last = text;
      return text;
    } catch (error) {
      this.refused();
      throw error instanceof SecretError ? new ConsulFailure(error.message, { cause: error }) : error;
    }
  }

  /** What was read is not good any more. */
  refused(): void {
    this.#text = undefined;
  }
}

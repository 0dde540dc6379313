import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { poll } from '../src/index.ts';

/** A client that notes all that it gets and how it ends. */
export class Talker implements AsyncDisposable {
  readonly socket: Socket;
  /** `open`, `ended` in good order, or the code of the error. */
  state: string = 'open';
  readonly #chunks: Buffer[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => this.#chunks.push(bytes));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.state = error.code ?? error.message;
    });
    socket.on('end', () => {
      this.state = 'ended';
    });
  }

  /** Does not wait until it is connected. */
  static dialing({ host, port }: { readonly host: string; readonly port: number }): Talker {
    return new Talker(connect({ host, port }));
  }

  static async to(target: { readonly host: string; readonly port: number }): Promise<Talker> {
    const talker = Talker.dialing(target);
    await once(talker.socket, 'connect');
    return talker;
  }

  get heard(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  say(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Waits until it has heard exactly this. */
  async hears(text: string): Promise<void> {
    await poll(() => this.heard.toString() === text || undefined, {
      what: `${text}; heard ${this.heard.toString()}`,
      everyMs: 2,
    });
  }

  async becomes(state: string): Promise<void> {
    await poll(() => this.state === state || undefined, { what: `${state}; it is ${this.state}`, everyMs: 2 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.socket.closed) return;
    this.socket.destroy();
    await once(this.socket, 'close');
  }
}

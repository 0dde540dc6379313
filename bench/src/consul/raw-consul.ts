import { Pool } from 'undici';

/** What an agent answered to a read. */
export interface RawAnswer {
  readonly text: string;
  readonly index: number;
}

/** How many connections there are, as many as the driver has for calls. */
const usualConnections = 8;

/** Consul's HTTP API by hand: undici, kept-alive connections that no other client shares, and nothing else. */
export class RawConsul implements AsyncDisposable {
  readonly #pool: Pool;

  constructor(url: string, connections: number = usualConnections) {
    this.#pool = new Pool(url, { connections, pipelining: 1 });
  }

  async get(path: string): Promise<RawAnswer> {
    const { statusCode, headers, body } = await this.#pool.request({ method: 'GET', path });
    const text = await body.text();
    assertGood(statusCode, path, text);
    return { text, index: Number(headers['x-consul-index']) };
  }

  async put(path: string, content?: unknown): Promise<void> {
    const { statusCode, body } = await this.#pool.request({
      method: 'PUT',
      path,
      body: content === undefined ? null : JSON.stringify(content),
    });
    assertGood(statusCode, path, await body.text());
  }

  /** What is under way fails. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.destroy();
  }
}

/** The one check that there is: calls that fail are fast. */
function assertGood(status: number, path: string, text: string): void {
  if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
}

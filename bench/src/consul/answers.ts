import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { DiagnosticsChannel } from 'undici';

/** What undici tells whoever listens, of every client of this process alike. */
const channels = { sent: 'undici:request:create', answered: 'undici:request:trailers' } as const;

/** Hears of each request whose path `isMeant` when it is made, or when the last byte of its answer has come, before anybody has seen the answer. */
export function listen(
  what: keyof typeof channels,
  isMeant: (path: string) => boolean,
  hear: (at: number) => void,
): Disposable {
  const onMessage = (message: unknown): void => {
    const at = performance.now();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as undici documents it
    const { request } = message as DiagnosticsChannel.RequestTrailersMessage;
    if (isMeant(request.path)) hear(at);
  };
  subscribe(channels[what], onMessage);
  return { [Symbol.dispose]: () => void unsubscribe(channels[what], onMessage) };
}

/** Counts requests, or answers, from now on. */
export function countOf(what: keyof typeof channels, isMeant: (path: string) => boolean = () => true): Counting {
  let count = 0;
  const listening = listen(what, isMeant, () => {
    count += 1;
  });
  return {
    get count() {
      return count;
    },
    [Symbol.dispose]: () => listening[Symbol.dispose](),
  };
}

export interface Counting extends Disposable {
  readonly count: number;
}

export function isPoll(path: string): boolean {
  return path.includes('index=');
}

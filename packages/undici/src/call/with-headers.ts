import type { Dispatcher } from 'undici';

/** The headers of a request, in any form that undici takes, and more, which win. */
export function withHeaders(
  headers: Dispatcher.DispatchOptions['headers'],
  more: Readonly<Record<string, string>>,
): string[] {
  const own = new Set(Object.keys(more).map((name) => name.toLowerCase()));
  const list: string[] = [];
  for (const [name, value] of pairsOf(headers))
    if (value !== undefined && !own.has(name.toLowerCase()))
      for (const one of typeof value === 'string' ? [value] : value) list.push(name, one);
  for (const [name, value] of Object.entries(more)) list.push(name, value);
  return list;
}

type Pair = readonly [string, string | readonly string[] | undefined];

function* pairsOf(headers: Dispatcher.DispatchOptions['headers']): Iterable<Pair> {
  if (headers === undefined || headers === null) return;
  if (Array.isArray(headers)) {
    for (let index = 0; index + 1 < headers.length; index += 2) yield [headers[index] ?? '', headers[index + 1]];
  } else if (Symbol.iterator in headers && typeof headers[Symbol.iterator] === 'function') yield* headers;
  else for (const pair of Object.entries(headers)) yield pair;
}

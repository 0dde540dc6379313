/** The looks that a piece of text may have on a terminal. */
export type Look = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan';

/** Gives a text a look, or leaves it alone where that would only be noise. */
export type Paint = (look: Look, text: string) => string;

const codes: Readonly<Record<Look, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
};

/** Colours only on a terminal. `NO_COLOR` turns them off whatever else is said, `FORCE_COLOR` on in a pipe too. */
export function paintFor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): Paint {
  return isColourful(stream, env) ? painted : (_look, text) => text;
}

function isColourful(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

function painted(look: Look, text: string): string {
  const [on, off] = codes[look];
  return `\u001B[${on}m${text}\u001B[${off}m`;
}

import { parseArgs } from 'node:util';

/** Backends that are servers of their own. */
export type ServerBackend = 'etcd' | 'consul';

/** What the command line asks for. */
export type Request =
  | { readonly type: 'memory' }
  /** Without a `url` the demo runs a server of its own. */
  | { readonly type: 'server'; readonly backend: ServerBackend; readonly url: string | undefined }
  | { readonly type: 'help' }
  | { readonly type: 'wrong'; readonly why: string };

/** How the demo is started. */
export const usage: string = `Usage: npm start [-- --backend <name> [--url <url>]]

  --backend memory  all in one process; this is the default
  --backend etcd    on a real etcd, run for this demo alone; every provider is a process of its own
  --backend consul  the same on a real Consul
  --url <url>       with one of these two: one that runs already, such as etcd://127.0.0.1:2379/demo or
                    consul://127.0.0.1:8500?prefix=demo-
  --help            this text`;

/** Reads the arguments that follow the name of the program. Never throws: what is wrong is told. */
export function readArguments(args: readonly string[]): Request {
  try {
    return requestOf(parsed(args));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // What Node's message goes on with is advice that does not fit here.
    return wrong(error.message.split(/\.\s/)[0] ?? error.message);
  }
}

interface Flags {
  readonly backend?: string | undefined;
  readonly url?: string | undefined;
  readonly help?: boolean | undefined;
}

/** @throws TypeError for an unknown flag, one without its value, or an argument that is no flag */
function parsed(args: readonly string[]): Flags {
  const { values } = parseArgs({
    args: [...args],
    options: { backend: { type: 'string' }, url: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  return values;
}

function requestOf({ backend = 'memory', url, help = false }: Flags): Request {
  if (help) return { type: 'help' };
  if (backend === 'memory')
    return url === undefined ? { type: 'memory' } : wrong('--url goes with --backend etcd or consul');
  if (backend !== 'etcd' && backend !== 'consul')
    return wrong(`Unknown backend '${backend}'; there are memory, etcd and consul`);
  // What was given is not shown: it may hold a password.
  if (url !== undefined && !url.startsWith(`${backend}://`)) return wrong(`--url must begin with ${backend}://`);
  return { type: 'server', backend, url };
}

function wrong(why: string): Request {
  return { type: 'wrong', why };
}

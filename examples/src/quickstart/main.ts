import { readArguments, usage } from './arguments.ts';
import { Interruption } from './interruption.ts';
import { onMemory } from './staging/on-memory.ts';
import { paintFor } from './telling/paint.ts';
import { perform } from './staging/perform.ts';
import type { Performance } from './staging/venue.ts';

/** Short, so that an expiry can be watched. In production 10 to 30 s are usual. */
const ttlMs = 2_000;

const write = (line: string): void => console.log(line);
const paint = paintFor(process.stdout, process.env);

const request = readArguments(process.argv.slice(2));
switch (request.type) {
  case 'help':
    write(usage);
    break;
  case 'wrong':
    console.error(`${request.why}.\n\n${usage}`);
    process.exitCode = 2;
    break;
  case 'memory':
    await show((performance) => onMemory(ttlMs, performance));
    note('The same on a real server, every provider a process of its own: npm start -- --backend etcd, or consul');
    break;
  case 'server': {
    const { backend, url } = request;
    const { onServer } = await import('./staging/on-server.ts'); // with it come the clients of the servers, which memory does not need
    await show((performance) => onServer({ backend, url, ttlMs, onProgress: write }, performance));
    note('The same on memory, all in one process: npm start');
    break;
  }
}

async function show(on: (performance: Performance) => Promise<void>): Promise<void> {
  write(
    paint(
      'bold',
      'Rollcall: four servers count words over HTTP and gRPC, and callers find them. Nothing to install or set up.',
    ),
  );
  try {
    await on(async (venue) => {
      const verdicts = await perform(venue, { ttlMs, write, paint });
      if (verdicts.some(({ held }) => !held)) process.exitCode = 1;
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    write('');
    write(paint('bold', paint('red', `The demo broke off. ${why}`)));
    process.exitCode = error instanceof Interruption ? error.exitCode : 1;
  }
}

/** For people who have looked on to a good end. */
function note(text: string): void {
  if (process.stdout.isTTY && process.exitCode === undefined) write(paint('dim', text));
}

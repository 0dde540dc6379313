import { build, defaultServerConditions } from 'vite';
import { fileURLToPath } from 'node:url';

/** The module at `entry` and all that it imports but Node itself, as JavaScript, for a process of its own: Node 20 reads no types. */
export async function bundled(entry: URL): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true, resolve: { conditions: ['@rollcall/source', ...defaultServerConditions] } },
    build: {
      ssr: fileURLToPath(entry),
      write: false,
      minify: false,
      // What is imported on demand too: a program that comes by a pipe has no files beside it.
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  const outputs = [result].flat().flatMap((one) => ('output' in one ? one.output : []));
  const chunk = outputs.find((output) => output.type === 'chunk');
  if (chunk === undefined) throw new Error('Nothing was built.');
  return chunk.code;
}

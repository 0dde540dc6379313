import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runNode } from '../../../../testing/own-process.ts';

const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
const folder = fileURLToPath(new URL('..', import.meta.url));
const place = { cwd: folder, timeoutMs: 60_000 };

test.each([
  ['names its dependencies by @inject', 'decorated', 'orders here, 0 audited\n'],
  ['without @inject is given what its types name', 'inferred', 'orders here\n'],
])('compiled by tsc, a class %s, and its process exits', { timeout: 90_000 }, async (_, project, stdout) => {
  expect(await runNode([tsc, '-b', project, '--pretty', 'false'], place)).toMatchObject({ exitCode: 0, said: '' });
  const program = `import { told } from './${project}/dist/order-gateway.js'; console.log(await told());`;
  expect(await runNode(['--input-type=module', '--eval', program], place)).toMatchObject({ exitCode: 0, stdout });
});

// Asked before consumers move: `node main.js` lists who is in the registry of ROLLCALL_URL and not in that of ALSO_ROLLCALL_URL. It ends with 0
// if everybody is in both, with 1 if somebody is missing, and with 2 if a registry did not answer.
import { openRegistries } from './registries.ts';
import { stillMissing } from './still-missing.ts';

const { leading, following } = openRegistries(process.env);
try {
  if (following === undefined) throw new Error('ALSO_ROLLCALL_URL is not set: there is nothing to compare with.');
  const missing = await stillMissing(leading, following);
  for (const name of missing) console.log(`missing: ${name}`);
  if (missing.length === 0) console.log('Everybody is in both.');
  else process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
} finally {
  await Promise.all([leading.close(), following?.close()]);
}

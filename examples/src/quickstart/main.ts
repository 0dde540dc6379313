import { readFile } from 'node:fs/promises';
import { memoryDriver, MemoryStore } from '@rollcall/backend-memory';
import { consoleDiagnostics, createRegistry } from '@rollcall/core';
import { Caller } from './caller.ts';
import { Consumer } from './consumer.ts';
import { ms, seconds } from './figures.ts';
import { inProcess } from './in-process.ts';
import { paintFor } from './paint.ts';
import { judge } from './promises.ts';
import { RunRecord } from './run-record.ts';
import { type Deeds, play } from './scenes.ts';
import { servedTable } from './served.ts';
import { Story } from './story.ts';
import { missTeller, tellSnapshot } from './told.ts';

/** Short, so that an expiry can be watched. In production 10 to 30 s are usual. */
const ttlMs = 2_000;

const record = new RunRecord();
const story = new Story(
  (line) => console.log(line),
  paintFor(process.stdout, process.env),
  () => record.now(),
);
const store = new MemoryStore();
const lines = await licence();

story.title('Rollcall: four HTTP servers count words, and one consumer finds them. Nothing to install or set up.');
story.title(`Backend: memory. An entry that its owner does not renew is gone after its TTL, here ${ms(ttlMs)}.`);

const registry = createRegistry(memoryDriver(store), { onDiagnostic: consoleDiagnostics() });
const consumer = new Consumer(registry, record, (snapshot) => tellSnapshot(story, snapshot));
const caller = new Caller({ consumer, record, lines, onMiss: missTeller(story) });
try {
  sumUp(await play({ consumer, caller, launch: inProcess(store, ttlMs), record, story, ttlMs }));
} catch (error) {
  fail(`The demo broke off. ${error instanceof Error ? error.message : String(error)}`);
} finally {
  // Who opens, closes. Then nothing is left that keeps the process alive, and it ends by itself.
  await caller.stop();
  await consumer.close();
}

/** Real input: the text that this repository is under. */
async function licence(): Promise<readonly string[]> {
  const text = await readFile(new URL('../../../LICENSE', import.meta.url), 'utf8');
  return text.split('\n').filter((line) => line.trim() !== '');
}

function sumUp(deeds: Deeds): void {
  story.scene('who served what');
  story.table(servedTable(record, ['ada', 'bob', 'cleo', 'dan']));
  story.scene('what was promised, and what was seen');
  const verdicts = judge({ record, deeds, ttlMs, lease: registry.capabilities.lease });
  for (const verdict of verdicts) story.verdict(verdict);
  const broken = verdicts.filter((verdict) => !verdict.held).length;
  if (broken > 0) fail(`${broken} of ${verdicts.length} promises did not hold.`);
  else story.ending(true, `All ${verdicts.length} promises held, in ${seconds(record.now())}.`);
}

function fail(text: string): void {
  story.ending(false, text);
  process.exitCode = 1;
}

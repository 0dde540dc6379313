import { readFile } from 'node:fs/promises';
import { Caller } from '../calling/caller.ts';
import { Consumer } from './consumer.ts';
import { ms, seconds } from '../telling/figures.ts';
import type { Paint } from '../telling/paint.ts';
import { judge, type Verdict } from '../telling/promises.ts';
import { RunRecord } from './run-record.ts';
import { play } from './scenes.ts';
import { servedTable } from '../telling/served.ts';
import { Story } from '../telling/story.ts';
import { callTeller, tellCache, tellChoice, tellSnapshot } from '../telling/told.ts';
import type { Venue } from './venue.ts';

/** How the demo is played and told. */
export interface Direction {
  readonly ttlMs: number;
  readonly write: (line: string) => void;
  readonly paint: Paint;
}

/** Plays the demo and tells it, with what it came to. @returns what was promised, and whether it was seen to hold */
export async function perform(venue: Venue, { ttlMs, write, paint }: Direction): Promise<readonly Verdict[]> {
  const { registry, link, launch, brokenOff } = venue;
  const { lease } = registry.capabilities;
  const record = new RunRecord();
  // What the end of the others stirs up after a break is no part of the story.
  const tell = (line: string): void => (brokenOff.aborted ? undefined : write(line));
  const story = new Story(tell, paint, () => record.now());
  const lines = await licence();
  for (const line of venue.about(expiryIn(ttlMs, lease.maxExpiryLagMs))) story.title(line);

  const consumer = new Consumer(registry, record, (snapshot) => tellSnapshot(story, snapshot));
  const caller = new Caller({
    discovery: registry,
    record,
    lines,
    onCallEnd: callTeller(story),
    onCacheEvent: (event) => tellCache(story, event),
    onChoiceEvent: (event, protocol) => tellChoice(story, event, protocol),
  });
  try {
    const deeds = await play({ consumer, caller, link, launch, record, story, ttlMs, lease, brokenOff });
    story.scene('who served what');
    story.table(servedTable(record, deeds.cast));
    const verdicts = judge({ record, deeds, ttlMs, lease });
    sumUp(story, verdicts, record.now());
    return verdicts;
  } finally {
    // Who opens, closes. Then nothing is left that keeps the process alive, and it ends by itself.
    await caller.stop();
    await consumer.close();
  }
}

function expiryIn(ttlMs: number, lagMs: number): string {
  const more = lagMs === 0 ? '' : `, and at most ${ms(lagMs)} later`;
  return `An entry that its owner does not renew is gone after its TTL, here ${ms(ttlMs)}${more}.`;
}

function sumUp(story: Story, verdicts: readonly Verdict[], tookMs: number): void {
  story.scene('what was promised, and what was seen');
  for (const verdict of verdicts) story.verdict(verdict);
  const broken = verdicts.filter((verdict) => !verdict.held).length;
  if (broken > 0) story.ending(false, `${broken} of ${verdicts.length} promises did not hold.`);
  else story.ending(true, `All ${verdicts.length} promises held, in ${seconds(tookMs)}.`);
}

/** Real input: the text that this repository is under. */
async function licence(): Promise<readonly string[]> {
  const text = await readFile(new URL('../../../../LICENSE', import.meta.url), 'utf8');
  return text.split('\n').filter((line) => line.trim() !== '');
}

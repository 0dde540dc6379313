import { setTimeout as sleep } from 'node:timers/promises';

/** What a server does with a line. */
export type Counting = (line: string) => Promise<number>;

/** The words of a line, for callers to check. */
export function countWords(line: string): number {
  return line.split(/\s+/).filter((word) => word !== '').length;
}

/** The same for servers, taking so long that some request is usually under way when something happens. */
export const countWordsSlowly: Counting = async (line) => {
  await sleep(15);
  return countWords(line);
};

import { protocols } from '../calling/protocols.ts';
import type { Player } from '../providing/provider.ts';
import type { Call, RunRecord } from '../staging/run-record.ts';
import { bar, table } from './table.ts';

/** How many calls each provider served, by name. */
export type Served = ReadonlyMap<string, number>;

/** Counts who served what. */
export function servedBy(calls: readonly Call[]): Served {
  const served = new Map<string, number>();
  for (const { attempts } of calls) {
    const last = attempts.at(-1);
    if (last?.type === 'served') served.set(last.provider, (served.get(last.provider) ?? 0) + 1);
  }
  return served;
}

/** One line: a small bar for each provider that served in this scene. */
export function servedBars(served: Served): string {
  const most = Math.max(...served.values());
  return [...served]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name} ${bar(count, most, 8)} ${count}`)
    .join('   ');
}

/** Who served how many in which scene and over which protocol, and how many requests each left unanswered. */
export function servedTable(record: RunRecord, cast: readonly Player[]): readonly string[] {
  const scenes = [...new Set(record.calls.map((call) => call.scene))];
  const columns = [
    ...scenes.map((scene) => servedBy(record.calls.filter((call) => call.scene === scene))),
    ...protocols.map((protocol) => servedBy(record.calls.filter((call) => call.protocol === protocol))),
  ];
  const haveProcesses = cast.some(({ pid }) => pid !== undefined);
  const process = (cell: string): readonly string[] => (haveProcesses ? [cell] : []);
  const row = ({ name, pid }: Player): readonly string[] => [
    name,
    ...process(String(pid)),
    ...columns.map((served) => shown(served.get(name))),
    shown(failuresOf(record, name)),
  ];
  const sums = columns.map((served) => shown(sum([...served.values()])));
  const failures = sum(cast.map(({ name }) => failuresOf(record, name)));
  return table([
    ['served', ...process('pid'), ...scenes, ...protocols, 'failed'],
    ...cast.map(row),
    ['', ...process(''), ...sums, shown(failures)],
  ]);
}

function failuresOf({ calls }: RunRecord, name: string): number {
  const attempts = calls.flatMap((call) => call.attempts);
  return attempts.filter((attempt) => attempt.provider === name && attempt.type === 'failed').length;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

function shown(count: number | undefined): string {
  return count === undefined || count === 0 ? '·' : String(count);
}

import type { EndedCall } from './traffic.ts';

/** Which part of the calls fits, for the calls that began in each interval: the middle of the interval in seconds, and that part. */
export function sharePerInterval(
  calls: readonly EndedCall[],
  intervalMs: number,
  fits: (call: EndedCall) => boolean,
): readonly (readonly [seconds: number, share: number])[] {
  const counts: { all: number; fitting: number }[] = [];
  for (const call of calls) {
    const count = (counts[Math.floor(call.startedAtMs / intervalMs)] ??= { all: 0, fitting: 0 });
    count.all += 1;
    if (fits(call)) count.fitting += 1;
  }
  return counts.map(({ all, fitting }, index) => [((index + 0.5) * intervalMs) / 1_000, fitting / all]);
}

/** Which part of the calls that began between two instants, in seconds, fits. */
export function shareBetween(
  calls: readonly EndedCall[],
  [from, to]: readonly [number, number],
  fits: (call: EndedCall) => boolean,
): number {
  const all = calls.filter(({ startedAtMs }) => startedAtMs >= from * 1_000 && startedAtMs < to * 1_000);
  return all.filter((call) => fits(call)).length / all.length;
}

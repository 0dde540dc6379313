/** A part of a whole in per cent, to a tenth below ten. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value < 9.95 ? Number(value.toFixed(1)) : Math.round(value)} %`;
}

/** A duration in milliseconds, to two figures; from a second up in seconds. */
export function duration(ms: number): string {
  return ms < 1_000 ? `${Number(ms.toPrecision(2))} ms` : `${Number((ms / 1_000).toPrecision(2))} s`;
}

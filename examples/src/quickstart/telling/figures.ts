/** Milliseconds for people: `0.4 ms`, `2,003 ms`. */
export function ms(value: number): string {
  const digits = Math.abs(value) < 10 ? 1 : 0;
  return `${value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ms`;
}

/** Seconds for people: `9.3 s`. */
export function seconds(valueMs: number): string {
  return `${(valueMs / 1_000).toFixed(1)} s`;
}

/** `1 request`, `12 requests`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

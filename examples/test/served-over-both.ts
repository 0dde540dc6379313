import { expect } from 'vitest';

/** That the demo's table shows of every provider that it served over HTTP and over gRPC. */
export function expectServedOverBoth(output: string): void {
  const heading = output.split('\n').find((line) => line.startsWith('  served  '));
  expect(heading).toMatch(/ HTTP +gRPC +failed$/);
  for (const name of ['ada', 'bob', 'cleo', 'dan'])
    expect(output).toMatch(new RegExp(`^ {2}${name} .* [1-9]\\d* +[1-9]\\d* +(?:[1-9]\\d*|·)$`, 'm'));
}

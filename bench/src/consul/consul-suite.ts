import { provisionConsul } from '@rollcall/testing-servers';
import type { Finding } from '../frame/finding.ts';
import type { Row, RowTerms, Suite } from '../frame/suite.ts';
import { idle } from './idle-row.ts';
import { list } from './list-row.ts';
import { poll } from './poll-row.ts';
import { register } from './register-row.ts';
import { renewalCost } from './renewal-cost-row.ts';
import { openTestBed, type TestBed } from './test-bed.ts';

/** The Consul backend against the same HTTP calls by hand, at the same agent. */
export const consulSuite: Suite = {
  name: 'consul',
  rows: [
    row('register', register),
    row('list', list),
    row('poll', poll),
    row('idle', idle),
    row('renewal-cost', renewalCost),
  ],
  async against() {
    const { version } = await provisionConsul();
    return `Consul ${version}`;
  },
};

function row(name: string, measure: (bed: TestBed, terms: RowTerms) => Promise<readonly Finding[]>): Row {
  return {
    name,
    async run(terms) {
      await using bed = await openTestBed();
      return await measure(bed, terms);
    },
  };
}

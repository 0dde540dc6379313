import { provisionEtcd } from '@rollcall/testing-servers';
import type { Finding } from '../frame/finding.ts';
import type { Row, RowTerms, Suite } from '../frame/suite.ts';
import { burst } from './burst-row.ts';
import { list } from './list-row.ts';
import { memory } from './memory-row.ts';
import { register } from './register-row.ts';
import { renewalCost } from './renewal-cost-row.ts';
import { renewalLoad } from './renewal-load-row.ts';
import { openTestBed, type TestBed } from './test-bed.ts';
import { watch } from './watch-row.ts';

/** The etcd backend against etcd3's raw clients, on the same server. */
export const etcdSuite: Suite = {
  name: 'etcd',
  rows: [
    row('register', register),
    row('list', list),
    row('watch', watch),
    row('memory', memory),
    row('renewal-cost', renewalCost),
    row('renewal-load', renewalLoad),
    row('burst', burst),
  ],
  async against() {
    const { version } = await provisionEtcd('3.5');
    return `etcd ${version}`;
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

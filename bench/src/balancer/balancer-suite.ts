import type { Suite } from '../frame/suite.ts';
import { change } from './change-row.ts';
import { acquire, hash, peer, pick, sizes } from './pick-rows.ts';

/** Choosing an instance, against bare loops and against what others choose with. */
export const balancerSuite: Suite = {
  name: 'balancer',
  rows: [
    { name: 'pick', run: pick },
    { name: 'acquire', run: acquire },
    { name: 'hash', run: hash },
    { name: 'sizes', run: sizes },
    { name: 'peers', run: peer },
    { name: 'change', run: change },
  ],
  against: () => Promise.resolve('bare loops, moleculer, undici and grpc-js'),
};

import type { Suite } from '../frame/suite.ts';
import { change } from './change-row.ts';
import { crash } from './crash-row.ts';
import { delivery } from './delivery-row.ts';
import { ownerRenewal } from './owner-renewal-row.ts';
import { storeRenewal } from './store-renewal-row.ts';

/** The memory backend and core, against bare loops over plain objects. */
export const memorySuite: Suite = {
  name: 'memory',
  rows: [
    { name: 'store-renewal', run: storeRenewal },
    { name: 'owner-renewal', run: ownerRenewal },
    { name: 'crash', run: crash },
    { name: 'change', run: change },
    { name: 'delivery', run: delivery },
  ],
  against: () => Promise.resolve('plain objects of this process'),
};

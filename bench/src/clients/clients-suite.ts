import { createRequire } from 'node:module';
import type { Suite } from '../frame/suite.ts';
import { grpc, grpcFour, http, httpFour, httpNull } from './call-rows.ts';
import { connections } from './connections-row.ts';

const require = createRequire(import.meta.url);

/** Calls by the name of a service, against those that undici and grpc-js make to addresses. */
export const clientsSuite: Suite = {
  name: 'clients',
  rows: [
    { name: 'http', run: http },
    { name: 'http-null', run: httpNull },
    { name: 'http-four', run: httpFour },
    { name: 'connections', run: connections },
    { name: 'grpc', run: grpc },
    { name: 'grpc-four', run: grpcFour },
  ],
  async against() {
    const undici: { readonly version: string } = require('undici/package.json');
    const grpcJs: { readonly version: string } = require('@grpc/grpc-js/package.json');
    return `undici ${undici.version} and grpc-js ${grpcJs.version}`;
  },
};

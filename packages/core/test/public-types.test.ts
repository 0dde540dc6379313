import { expectTypeOf, test } from 'vitest';
import {
  createRegistry,
  type Discovery,
  type InstancePatch,
  type Registrar,
  type Registry,
  RegistryError,
  type RegistryErrorCode,
  type ServiceInstance,
  type ServiceInstanceInit,
  type ServiceSnapshot,
  type Watcher,
} from '../src/index.ts';
import { ScriptedDriver } from './scripted-driver.ts';

test('B3: a registry is a registrar and a discovery, and nobody needs more than their part', () => {
  expectTypeOf<Registry>().toExtend<Registrar>();
  expectTypeOf<Registry>().toExtend<Discovery>();
  expectTypeOf<Registry>().toExtend<AsyncDisposable>();
});

test('I7: what is handed out cannot be changed, by its types already', () => {
  const change = (instance: ServiceInstance): void => {
    // @ts-expect-error -- an instance is frozen
    instance.weight = 1;
    // @ts-expect-error -- and so is what it holds
    instance.metadata['k'] = 'v';
    // @ts-expect-error -- its endpoints too
    instance.endpoints.push({ scheme: 'http', host: 'h', port: 1 });
  };
  expectTypeOf(change).toBeFunction();
});

test('I6: what could not be registered does not compile', () => {
  expectTypeOf<{ service: string }>().not.toExtend<ServiceInstanceInit>();
  expectTypeOf<{ service: string; endpoints: string[]; status: 'down' }>().not.toExtend<ServiceInstanceInit>();
  expectTypeOf<{ service: string; endpoints: string[]; metadata: { a: number } }>().not.toExtend<ServiceInstanceInit>();
  expectTypeOf<keyof InstancePatch>().toEqualTypeOf<Exclude<keyof ServiceInstanceInit, 'service' | 'id'>>();
});

test('I3: an instance has a first endpoint, without asking', () => {
  expectTypeOf<ServiceInstance['endpoints'][0]['host']>().toEqualTypeOf<string>();
});

test('W1: a watcher is read with for await, and ends without a value', () => {
  expectTypeOf<Watcher>().toExtend<AsyncIterable<ServiceSnapshot>>();
  expectTypeOf<Awaited<ReturnType<Watcher['next']>>>().toEqualTypeOf<IteratorResult<ServiceSnapshot, undefined>>();
});

test('E1: a code narrows to those there are', () => {
  const codeOf = (error: unknown): RegistryErrorCode | undefined => (RegistryError.is(error) ? error.code : undefined);
  expectTypeOf(codeOf).returns.toEqualTypeOf<RegistryErrorCode | undefined>();
  // @ts-expect-error -- no such code
  RegistryError.is(new Error('x'), 'REGISTRY_GONE');
});

test('I6: an option that does not exist does not compile', () => {
  const open = (): Registry =>
    createRegistry(new ScriptedDriver(), {
      // @ts-expect-error -- it is called callTimeoutMs
      timeout: 5,
    });
  expectTypeOf(open).toBeFunction();
});

export { Discovery, Registrar, Registry } from './identifiers.ts';
export { registryIdentifiers, type RegistryIdentifiers } from './registry-identifiers.ts';
export { rebindRegistry } from './rebind-registry.ts';
export { rollcallModule, type RollcallModuleOptions } from './rollcall-module.ts';

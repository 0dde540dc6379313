import type * as core from '@rollcall/core';

// Each name is both: the type that core gives it, and the service identifier under which a container has it. Classes, since
// they are the only identifiers that compilers write into the metadata of constructors: with them `@inject` may be left out.
// Merged with interfaces, so that they follow core. Nothing is unsafe about that: there are no instances.
/* oxlint-disable typescript/no-unsafe-declaration-merging, typescript/no-extraneous-class */

/** The type `Registry` of `@rollcall/core`, and the service identifier of the container's default registry. Not to be constructed. */
export abstract class Registry {
  /** @throws TypeError always: nothing is bound, if a container comes here */
  constructor() {
    throw unbound(new.target);
  }
}

/** As core has it. */
export interface Registry extends core.Registry {}

/** The type `Registrar` of `@rollcall/core`, and the service identifier of that registry for those who register. Not to be constructed. */
export abstract class Registrar {
  /** @throws TypeError always: nothing is bound, if a container comes here */
  constructor() {
    throw unbound(new.target);
  }
}

/** As core has it. */
export interface Registrar extends core.Registrar {}

/** The type `Discovery` of `@rollcall/core`, and the service identifier of that registry for those who list and watch. Not to be constructed. */
export abstract class Discovery {
  /** @throws TypeError always: nothing is bound, if a container comes here */
  constructor() {
    throw unbound(new.target);
  }
}

/** As core has it. */
export interface Discovery extends core.Discovery {}

function unbound({ name }: { readonly name: string }): TypeError {
  return new TypeError(
    `Could not resolve ${name}: it names a registry, and no registry is bound to it. Load rollcallModule({ config, backends }) into the container.`,
  );
}

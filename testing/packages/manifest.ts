/** A `package.json`, as far as it is looked at. What a manifest has to have is what `manifestProblems` says. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly license?: string;
  readonly repository?: { readonly url?: string; readonly directory?: string };
  readonly type?: string;
  readonly sideEffects?: boolean;
  readonly engines?: { readonly node?: string };
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly publishConfig?: { readonly access?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** What all packages have in common. */
export interface Family {
  readonly version: string;
  readonly node: string;
  readonly license: string;
}

/** Entry points that have code: `.`, `./driver`. */
export function entryPointsOf({ exports = {} }: Manifest): readonly string[] {
  return Object.keys(exports).filter((path) => path !== './package.json');
}

/** What a packed manifest lacks, or has and must not have. */
export function manifestProblems(manifest: Manifest, family: Family): readonly string[] {
  const { name } = manifest;
  const folder = name.replace(/^@[^/]+\//, 'packages/');
  const wanted: readonly (readonly [label: string, value: unknown, expected: unknown])[] = [
    ['version', manifest.version, family.version],
    ['license', manifest.license, family.license],
    ['engines.node', manifest.engines?.node, family.node],
    ['repository.directory', manifest.repository?.directory, folder],
    ['type', manifest.type, 'module'],
    ['sideEffects', manifest.sideEffects, false],
    ['publishConfig.access', manifest.publishConfig?.access, 'public'],
    ['exports["./package.json"]', manifest.exports?.['./package.json'], './package.json'],
  ];
  return [
    ...wanted
      .filter(([, value, expected]) => value !== expected)
      .map(([label, value, expected]) => `${label}: expected ${String(expected)}, got ${String(value)}`),
    ...((manifest.description ?? '') === '' ? ['description: is missing'] : []),
    ...((manifest.keywords ?? []).length === 0 ? ['keywords: are missing'] : []),
    ...(entryPointsOf(manifest).length === 0 ? ['exports: nothing to import'] : []),
    ...entryPointsOf(manifest).flatMap((path) => exportProblems(path, manifest)),
    ...dependencyProblems(manifest, family),
  ];
}

/** Types come first, for compilers that take the first condition that fits. */
function exportProblems(path: string, { exports = {} }: Manifest): readonly string[] {
  const conditions = exports[path];
  const label = `exports["${path}"]`;
  if (conditions === undefined || typeof conditions === 'string') return [`${label}: says nothing of types`];
  const { types = '', default: code = '', ...others } = conditions;
  return [
    ...(/^\.\/dist\/.+\.d\.ts$/.test(types) ? [] : [`${label}.types: expected a .d.ts of dist, got '${types}'`]),
    ...(/^\.\/dist\/.+\.js$/.test(code) ? [] : [`${label}.default: expected a .js of dist, got '${code}'`]),
    ...(Object.keys(conditions).at(-1) === 'default' ? [] : [`${label}: default must come last`]),
    ...Object.keys(others)
      .filter((condition) => condition !== '@rollcall/source')
      .map((condition) => `${label}.${condition}: is not known here`),
  ];
}

/** Versions of the workspace, such as `workspace:^` and `catalog:`, mean nothing to npm. */
function dependencyProblems(manifest: Manifest, { version }: Family): readonly string[] {
  const { dependencies = {}, devDependencies = {}, peerDependencies = {}, optionalDependencies = {} } = manifest;
  return [dependencies, devDependencies, peerDependencies, optionalDependencies]
    .flatMap((each) => Object.entries(each))
    .flatMap(([name, range]) => {
      if (!/^[\d^~<>=*]/.test(range)) return [`${name}: '${range}' is no version: pack with pnpm`];
      const isOwn = name.startsWith('@rollcall/') && name in dependencies;
      return isOwn && range !== `^${version}` ? [`${name}: expected ^${version}, got ${range}`] : [];
    });
}

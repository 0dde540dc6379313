import { type ChannelOptions, experimental } from '@grpc/grpc-js';
import { ids } from '../scene.ts';

/** What a resolver has told, in short: `a b`, `empty: why`, `error: why`. */
export interface Pushes extends Disposable {
  readonly told: readonly string[];
  readonly attributes: readonly Readonly<Record<string, unknown>>[];
  /** Asks it, as grpc-js does when a channel is used. */
  ask(): void;
  /** As when the channel is idle, or closed. */
  destroy(): void;
}

/** A resolver as grpc-js makes it, whose pushes are kept. */
export function resolving(path: string, options: ChannelOptions = {}): Pushes {
  const told: string[] = [];
  const attributes: Readonly<Record<string, unknown>>[] = [];
  const resolver = experimental.createResolver(
    { scheme: 'rollcall', authority: '', path },
    (endpoints, given, _config, note) => {
      attributes.push(given);
      told.push(shown(endpoints, note));
      return true;
    },
    options,
  );
  return {
    told,
    attributes,
    ask: () => resolver.updateResolution(),
    destroy: () => resolver.destroy(),
    [Symbol.dispose]: () => resolver.destroy(),
  };
}

function shown(endpoints: experimental.StatusOr<experimental.Endpoint[]>, note: string): string {
  if (!endpoints.ok) return `error: ${endpoints.error.details}`;
  if (endpoints.value.length === 0) return `empty: ${note}`;
  return endpoints.value
    .map(({ addresses }) => addresses.map((one) => experimental.subchannelAddressToString(one)).join('+'))
    .join(' ')
    .replaceAll(/192\.0\.2\.1:(\d)/g, (_, port) => ids.charAt(Number(port)));
}

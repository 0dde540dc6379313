import type { Stop } from '../cancelling/stop.ts';
import type { DriverEvent } from '../driver/registry-driver.ts';
import type { ServiceView } from './service-view.ts';

/** One service's way from the driver to its readers. */
export interface Feed {
  readonly service: string;
  readonly view: ServiceView;
  /** Aborts when nobody reads any more. */
  readonly stopped: Stop;
  /** Sees every event of the driver before it is folded. */
  read(event: DriverEvent): void;
  /** The view has changed: whoever waits for that is told. */
  publish(): void;
}

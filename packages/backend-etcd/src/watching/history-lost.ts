import { ConnectionFailure } from '../connection/rpc-failure.ts';

/** What happened since the last step that was seen can no longer be told: the range has to be read again. */
export class HistoryLost extends ConnectionFailure {
  override get name(): string {
    return 'HistoryLost';
  }
}

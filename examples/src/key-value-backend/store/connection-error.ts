/** Why a connection to the store does not answer: `lost`, its socket broke or fell silent; `closed`, by its own side. */
export class ConnectionError extends Error {
  readonly reason: 'lost' | 'closed';

  constructor(reason: 'lost' | 'closed', message: string = `the connection was ${reason}`) {
    super(message);
    this.reason = reason;
  }

  override get name(): string {
    return 'ConnectionError';
  }
}

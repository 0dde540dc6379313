import type { Socket } from 'node:net';
import { CallCredentials, ChannelCredentials } from '@grpc/grpc-js';
import { ConnectionFailure } from './rpc-failure.ts';
import type { Upgrade } from './tls-upgrade.ts';

type Connector = ReturnType<ChannelCredentials['_createSecureConnector']>;
type ConnectorArguments = Parameters<ChannelCredentials['_createSecureConnector']>;

/**
 * Credentials whose sockets keep no process alive, and end with their channel. grpc-js holds a socket for as long as a call is open
 * on it, and a watch is always open; whether anything waits for this registry is core's to say (C4). And a channel of its that is
 * closed before it was connected connects all the same, when its pause is over, and stays connected for good (C3). It has no
 * setting for either, and this is the one place of its that hands out the socket and hears of the end.
 */
export class QuietCredentials extends ChannelCredentials {
  readonly #upgrade: Upgrade | undefined;

  /** @param upgrade makes sockets secure; plain text without it */
  constructor(upgrade: Upgrade | undefined) {
    super();
    this.#upgrade = upgrade;
  }

  override _isSecure(): boolean {
    return this.#upgrade !== undefined;
  }

  override _equals(other: ChannelCredentials): boolean {
    return other === this;
  }

  override _createSecureConnector(...[, , callCredentials]: ConnectorArguments): Connector {
    const upgrade = this.#upgrade;
    const sockets = new Set<Socket>();
    let isOver = false;
    const assertOpen = (): void => {
      if (isOver) throw new ConnectionFailure('the link is closed');
    };
    const hold = (socket: Socket): void => {
      sockets.add(quiet(socket));
      // Whoever speaks over it hears of its end; until somebody does, nobody would.
      socket.on('error', () => undefined);
      socket.once('close', () => sockets.delete(socket));
    };
    return {
      connect: async (socket) => {
        assertOpen();
        hold(socket);
        if (upgrade === undefined) return { socket, secure: false };
        const secured = await upgrade(socket);
        hold(secured);
        assertOpen();
        return { socket: secured, secure: true };
      },
      waitForReady: async () => assertOpen(),
      getCallCredentials: () => callCredentials ?? CallCredentials.createEmpty(),
      destroy: () => {
        isOver = true;
        for (const socket of sockets) socket.destroy();
      },
    };
  }
}

/** A socket that nobody can make hold the process any more. */
function quiet(socket: Socket): Socket {
  socket.unref();
  socket.ref = () => socket;
  return socket;
}

/** Where a server listens, as the system tells it. */
export type ListeningAddress =
  | {
      readonly type: 'port';
      /** Of the endpoint: `http`, `https`, `grpc`. */
      readonly scheme: string;
      /** An IP address, IPv6 without brackets; `0.0.0.0` and `::` are all interfaces. */
      readonly host: string;
      /** 1–65535. */
      readonly port: number;
    }
  /** A Unix domain socket or a named pipe, which has no address that a registry could hold. */
  | { readonly type: 'pipe'; readonly scheme: string; readonly path: string };

/** How `listening` is asked. */
export interface ListeningOptions {
  /** Ends the wait, which rejects with `signal.reason`. */
  readonly signal: AbortSignal;
}

/**
 * What `provide` needs of a server. `httpServer` and `grpcServer` make one; for another kind of server write your own.
 * The calls come in this order, each once: `listening`, `drain`, `close`, `cut`; the last three only when it stops,
 * and none of these throws.
 */
export interface ProvidedServer {
  /** Resolves when it listens, at once if it does. @throws ProviderError `SERVER_FAILED` or `SERVER_CLOSED` when it never will */
  listening(options: ListeningOptions): Promise<ListeningAddress>;
  /** Resolves when it has closed, whoever closed it; never rejects. A server that cannot tell resolves it after `close`. */
  readonly closed: Promise<void>;
  /** It goes on serving, and asks its clients to take their next request elsewhere. */
  drain(): void;
  /** It takes nothing new. Resolves when all that is under way is answered and every connection has ended. */
  close(): Promise<void>;
  /** Ends every connection that is left, also in the middle of an answer. `close` resolves thereupon. */
  cut(): void;
}

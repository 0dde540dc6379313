/** What every provider speaks. */
export const protocols = ['HTTP', 'gRPC'] as const;

/** One of them. */
export type Protocol = (typeof protocols)[number];

/** What went over one of them. */
interface Sent {
  readonly protocol: Protocol;
}

/** How many for people: `12 over HTTP and 11 over gRPC`. */
export function overEach(sent: readonly Sent[]): string {
  return protocols.map((protocol) => `${over(protocol, sent).toLocaleString('en-US')} over ${protocol}`).join(' and ');
}

/** Whether there is something over each of them. */
export function isOverEach(sent: readonly Sent[]): boolean {
  return protocols.every((protocol) => over(protocol, sent) > 0);
}

function over(protocol: Protocol, sent: readonly Sent[]): number {
  return sent.filter((one) => one.protocol === protocol).length;
}

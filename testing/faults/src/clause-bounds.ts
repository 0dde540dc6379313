/** How much longer the lag may be in the first seconds after a server's start or an election (L3). */
export const startLagMs = 3_000;

/** Within this the last snapshot equals `list`, once the backend is available and quiet (W4). */
export const quietMs = 1_000;

/** Within this a break that heals need not be told (W7). */
export const graceMs = 1_000;

/** Within this a connection that died without a word is noticed (W7). */
export const silenceMs = 20_000;

/** Core's bound on each call (E3), and on closing (C2), unless a client is told otherwise. */
export const callMs = 5_000;

/** What a busy machine may take on top of a bound that is a timer's. */
export const slackMs = 500;

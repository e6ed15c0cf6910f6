// How long a cluster must have been quiet before a fault may be blamed for what comes.

/** After a link came back knet's detection is up to ten times slower for 10 s (libknet, KNET_LINK_PONG_TIMEOUT_BACKOFF). */
export const quietMs = 10_000;

// What a session puts up with. Tests shrink some of it.

export interface Limits {
  /** Channels in flight per connection. sshd allows 10 (MaxSessions, sshd_config(5)), but counts those that are still closing. */
  readonly channels: number;
  /** Output of one `run`, both streams together. */
  readonly outputBytes: number;
  /** One line of a long-lived command. */
  readonly lineBytes: number;
  /** Lines that nobody has read yet. */
  readonly queueBytes: number;
  /** How long `open` waits for a channel, and then for the command to start. */
  readonly openMs: number;
  /** A silent peer is noticed after `keepaliveMs` * (`keepalives` + 1). */
  readonly keepaliveMs: number;
  readonly keepalives: number;
}

export const defaultLimits: Limits = {
  channels: 4,
  outputBytes: 64 * 1024 * 1024,
  lineBytes: 8 * 1024 * 1024,
  queueBytes: 1024 * 1024,
  openMs: 10_000,
  keepaliveMs: 1000,
  keepalives: 9,
};

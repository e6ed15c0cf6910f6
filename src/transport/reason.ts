// What sockets and ssh2 say when they fail, in the words of a person.

/** A short cause, to stand after a colon. */
export const reasonOf = (error: unknown): string => {
  const { code, message } = partsOf(error);
  if (isNoChannel(error)) return 'the device opens no more channels on this connection';
  return byCode[code] ?? byMessage[message] ?? (message || code || String(error));
};

/** Whether the device refused to open a channel for a command. */
export const isNoChannel = (error: unknown): boolean => partsOf(error).message.startsWith('(SSH) Channel open failure');

/** Whether it is useless to try again, however long the device is given. */
export const isFinal = (error: unknown): boolean => {
  const { code, message, level } = partsOf(error);
  return code === 'ENOTFOUND' || level === 'client-authentication' || message.startsWith('Handshake failed: no matching');
};

/** ssh2 puts a `level` on its errors; Node a `code` on those of sockets. */
export const partsOf = (error: unknown): { readonly code: string; readonly message: string; readonly level: string } => {
  const { code, message, level } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown; readonly level?: unknown };
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return { code: text(code), message: text(message), level: text(level) };
};

const byCode: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'no answer to the connection request',
  EPIPE: 'connection reset',
  ENOENT: 'its socket does not exist',
  ENOTFOUND: 'no such host name',
  EAI_AGAIN: 'the name server does not answer',
};

/** Texts of ssh2 1.17.0, lib/client.js. */
const byMessage: Readonly<Record<string, string>> = {
  'Keepalive timeout': 'it stopped answering (keepalives went unanswered)',
  'Unable to exec': 'the device refused to run it',
  'Not connected': 'the connection is about to close',
  'Connection lost before handshake': 'it closed the connection before the handshake',
  'All configured authentication methods failed': 'it accepts none of the offered keys',
};

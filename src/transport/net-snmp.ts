// What is used of net-snmp 3.29.2, which has no types of its own: the names of index.js there.

// @ts-expect-error: an untyped module; what it is stands below.
import untyped from 'net-snmp';

export interface Varbind {
  readonly oid: string;
  /** The tag of BER (RFC 3416; RFC 2578, 7.1). */
  readonly type: number;
  readonly value: unknown;
}

/** A message that came, of version 3. */
export interface LibraryMessage {
  readonly version: number;
  hasAuthentication(): unknown;
  hasPrivacy(): unknown;
}

export interface LibraryRequest { readonly responseCb: (error: Error | null) => void }

export interface LibrarySession {
  /** Gives for each OID its successors. */
  getBulk(oids: readonly string[], nonRepeaters: number, maxRepetitions: number, done: (error: Error | null, varbinds?: readonly (readonly Varbind[])[]) => void): void;
  close(): void;
  on(event: 'error', listener: (error: Error) => void): void;
  /** Known once the agent has said who it is (RFC 3414, 4). */
  readonly msgSecurityParameters?: unknown;
  onSimpleGetResponse(request: LibraryRequest, message: LibraryMessage): void;
}

interface Options {
  readonly port: number;
  readonly transport: 'udp4' | 'udp6';
  /** How long an answer is waited for, in ms, and how often it is asked for again. */
  readonly timeout: number;
  readonly retries: number;
  readonly version: number;
  readonly dgramModule: object;
}

export interface LibraryUser {
  readonly name: string;
  readonly level: number;
  readonly authProtocol: string;
  readonly authKey: string;
  readonly privProtocol: string;
  readonly privKey: string;
}

interface Library {
  createSession(host: string, community: string, options: Options): LibrarySession;
  createV3Session(host: string, user: LibraryUser, options: Options): LibrarySession;
  readonly Version2c: number;
  readonly Version3: number;
  readonly SecurityLevel: { readonly authPriv: number };
  readonly AuthProtocols: Readonly<Record<string, string>>;
  readonly PrivProtocols: Readonly<Record<string, string>>;
}

export const library = untyped as Library;

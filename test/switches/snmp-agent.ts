// A real SNMP agent in this process, on the loopback and a port that is free: net-snmp's own, with a MIB of synthetic rows. What they stand for is in IEEE Std
// 802.1AX (IEEE8023-LAG-MIB), IEEE Std 802.1AB (LLDP-MIB), RFC 2863 (IF-MIB) and RFC 3418 (SNMPv2-MIB); no device printed them.

import { createSocket, type Socket, type SocketType } from 'node:dgram';

// @ts-expect-error: an untyped module; what is used of it is said below.
import untyped from 'net-snmp';

interface Library {
  createAgent(options: object, callback: (error: Error | null) => void): {
    getMib(): { registerProvider(provider: object): void; addTableRow(table: string, row: readonly unknown[]): void; setScalarValue(name: string, value: unknown): void };
    getAuthorizer(): { addUser(user: object): void; addCommunity(community: string): void };
    close(): void;
  };
  readonly MibProviderType: { readonly Scalar: number; readonly Table: number };
  readonly ObjectType: { readonly Integer: number; readonly OctetString: number; readonly Counter: number };
  readonly MaxAccess: Readonly<Record<string, number>>;
  readonly SecurityLevel: { readonly authPriv: number };
  readonly AuthProtocols: Readonly<Record<string, string>>;
  readonly PrivProtocols: Readonly<Record<string, string>>;
}
const library = untyped as Library;

/** A table: its entry's OID, how many columns make the index, and rows of index and cells by column number. */
export interface SyntheticTable {
  readonly oid: string;
  readonly index: number;
  readonly rows: readonly { readonly at: readonly number[]; readonly cells: Readonly<Record<number, number | string | Buffer>> }[];
}

export interface SyntheticMib { readonly scalars: Readonly<Record<string, string>>; readonly tables: readonly SyntheticTable[] }

export interface AgentUser { readonly user: string; readonly auth: string; readonly authKey: string; readonly privacy: string; readonly privacyKey: string }

export interface ServedAgent extends AsyncDisposable { readonly port: number }

export const serveAgent = async (mib: SyntheticMib, { users = [], communities = [] }: { readonly users?: readonly AgentUser[]; readonly communities?: readonly string[] }): Promise<ServedAgent> => {
  const bound = Promise.withResolvers<number>();
  // The library takes port 0 for 161.
  const dgramModule = {
    createSocket: (type: SocketType): Socket => {
      const socket = createSocket(type);
      const bind = socket.bind.bind(socket) as (port: number, address: string, done: () => void) => Socket;
      return Object.assign(socket, { bind: () => bind(0, '127.0.0.1', () => bound.resolve(socket.address().port)) });
    },
  };
  const agent = library.createAgent({ address: '127.0.0.1', port: 161, dgramModule }, () => undefined);
  for (const { user, auth, authKey, privacy, privacyKey } of users) {
    agent.getAuthorizer().addUser({ name: user, level: library.SecurityLevel.authPriv, authProtocol: library.AuthProtocols[auth], authKey, privProtocol: library.PrivProtocols[privacy], privKey: privacyKey });
  }
  for (const community of communities) agent.getAuthorizer().addCommunity(community);
  for (const [oid, value] of Object.entries(mib.scalars)) {
    agent.getMib().registerProvider({ name: oid, type: library.MibProviderType.Scalar, oid, scalarType: library.ObjectType.OctetString, maxAccess: library.MaxAccess['read-only'] });
    agent.getMib().setScalarValue(oid, value);
  }
  for (const { oid, index, rows } of mib.tables) {
    const numbers = [...new Set(rows.flatMap(({ cells }) => Object.keys(cells).map(Number)))].toSorted((a, b) => a - b);
    const keys = Array.from({ length: index }, (_, at) => ({ number: 100 + at, name: `index${at}`, type: library.ObjectType.Integer, maxAccess: library.MaxAccess['not-accessible'] }));
    const columns = numbers.map((number) => ({
      number, name: `column${number}`, maxAccess: library.MaxAccess['read-only'],
      type: typeof rows[0]!.cells[number] === 'number' ? library.ObjectType.Integer : library.ObjectType.OctetString,
    }));
    agent.getMib().registerProvider({ name: oid, type: library.MibProviderType.Table, oid, tableColumns: [...keys, ...columns], tableIndex: keys.map(({ number }) => ({ columnNumber: number })), maxAccess: library.MaxAccess['not-accessible'] });
    for (const { at, cells } of rows) agent.getMib().addTableRow(oid, [...at, ...numbers.map((number) => cells[number])]);
  }
  let open = true;
  return {
    port: await bound.promise,
    [Symbol.asyncDispose]: () => {
      if (open) agent.close();
      open = false;
      return Promise.resolve();
    },
  };
};

const octets = (hex: string): Buffer => Buffer.from(hex, 'hex');
const ports = [1, 2, 3, 4];

/**
 * Four ports, the first two in an aggregate with LACP of pve1: port 1 is as it should be (activity, short time-out, aggregation, in sync, collecting,
 * distributing: FC, for the first bit is the most significant); port 2 has no partner any more (activity, time-out, aggregation, defaulted: E2). Port 1 hears
 * pve1 eno1 as Linux's lldpd says it (a MAC address, and the name as description), port 2 hears somebody else.
 */
export const synthetic: SyntheticMib = {
  scalars: { '1.3.6.1.2.1.1.1': 'Synthetic switch,\r\nrelease 1.0', '1.3.6.1.2.1.1.5': 'sw1.example' },
  tables: [
    { oid: '1.3.6.1.2.1.2.2.1', index: 1, rows: [...ports, 101].map((at) => ({ at: [at], cells: { 2: `Synthetic port ${at}`, 8: at === 4 ? 2 : 1 } })) },
    { oid: '1.3.6.1.2.1.31.1.1.1', index: 1, rows: [...ports, 101].map((at) => ({ at: [at], cells: { 1: at === 101 ? 'lag1' : `Eth${at}` } })) },
    {
      oid: '1.2.840.10006.300.43.1.2.1.1', index: 1,
      rows: [
        { at: [1], cells: { 9: octets('525400000001'), 12: 101, 13: 101, 21: octets('fc'), 23: octets('bc') } },
        { at: [2], cells: { 9: octets('000000000000'), 12: 101, 13: 0, 21: octets('e2'), 23: octets('00') } },
        { at: [3], cells: { 9: octets('000000000000'), 12: 0, 13: 0, 21: octets('00'), 23: octets('00') } },
      ],
    },
    { oid: '1.2.840.10006.300.43.1.2.2.1', index: 1, rows: [{ at: [1], cells: { 1: 120, 5: 0, 6: 118 } }, { at: [2], cells: { 1: 4, 5: 0, 6: 90 } }] },
    { oid: '1.2.840.10006.300.43.1.2.3.1', index: 1, rows: [{ at: [1], cells: { 1: 1 } }, { at: [2], cells: { 1: 3 } }] },
    { oid: '1.0.8802.1.1.2.1.3.7.1', index: 1, rows: ports.map((at) => ({ at: [at + 10], cells: { 2: 5, 3: `Eth${at}`, 4: `Synthetic port ${at}` } })) },
    {
      oid: '1.0.8802.1.1.2.1.4.1.1', index: 3,
      rows: [
        { at: [700, 11, 1], cells: { 5: octets('525400000001'), 7: octets('525400000002'), 8: 'eno1', 9: 'pve1.example' } },
        { at: [800, 12, 2], cells: { 5: octets('525400000009'), 7: 'swp7', 8: 'to the rack', 9: 'sw9' } },
      ],
    },
  ],
};

// By which interfaces a node's answers leave for us, and by which ours may arrive: all that the kernel's addresses, rules and routes allow.

import { BlockList, isIP } from 'node:net';

import { isNumber, isText, listOf, maybe, objectOf } from '../model/shape.ts';

/** What `ip -j addr show` says, as far as we read it. */
export interface IpAddresses { readonly ifname?: string; readonly addr_info?: readonly { readonly local?: string }[] }

/** What `ip -j route` says: one way, or several in `nexthops`. */
export interface IpRoute {
  readonly dst?: string;
  readonly dev?: string;
  readonly gateway?: string;
  readonly via?: unknown;
  readonly type?: string;
  readonly table?: string;
  readonly metric?: number;
  readonly nexthops?: readonly { readonly dev?: string }[];
}

export type IpRule = Readonly<Record<string, unknown>>;

export interface Ways {
  /** $SSH_CONNECTION of sshd(8): the peer's address and port, ours and its port. */
  readonly connection: string;
  readonly addresses: readonly IpAddresses[] | null;
  /** Of the connection's family; null where they could not be seen. */
  readonly rules: readonly IpRule[] | null;
  readonly routes: readonly IpRoute[] | null;
  /** What `ip route get` says of the way to the peer: from any address, and from the connection's own with its ports. */
  readonly answers: readonly (readonly IpRoute[])[];
}

export interface WayBack {
  /** The node's address that we reach it at; null where that could not be seen. */
  readonly local: string | null;
  /** Interfaces that may carry the connection. */
  readonly devices: readonly string[];
  /** Those of them that answers to us leave by. */
  readonly leaving: readonly string[];
  /** What could not be told. Unknown is not safe. */
  readonly unknown: readonly string[];
}

export const isAddresses = objectOf({ ifname: maybe(isText), addr_info: maybe(listOf(objectOf({ local: maybe(isText) }))) });

const isPrefix = (value: unknown): boolean => {
  if (value === 'default') return true;
  const [, network = '', length] = typeof value === 'string' ? /^([^/]*)(?:\/(\d{1,3}))?$/.exec(value) ?? [] : [];
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(network) as 0 | 4 | 6];
  return Number(length ?? 0) <= most;
};

export const isRoute = objectOf({
  dst: maybe(isPrefix), dev: maybe(isText), gateway: maybe(isText), type: maybe(isText), table: maybe(isText), metric: maybe(isNumber), nexthops: maybe(listOf(objectOf({ dev: maybe(isText) }))),
});

export const wayBackOf = ({ connection, addresses, rules, routes, answers }: Ways): WayBack => {
  const words = connection.trim().split(/\s+/);
  const [peer, local] = [words[0], words[2]].map((word) => plain(word ?? ''));
  if (words.length !== 4 || !peer || !local || isIP(peer) === 0 || isIP(local) === 0) return { local: null, devices: [], leaving: [], unknown: ['the connection that it is asked over'] };
  if (addresses === null || rules === null || routes === null) return { local, devices: [], leaving: [], unknown: ['its addresses, rules or routes'] };

  const carriers = addresses.filter(({ addr_info: own }) => own?.some((one) => one.local !== undefined && sameAddress(one.local, local))).flatMap(({ ifname }) => ifname ?? []);
  const answered = answers.flatMap(([answer]) => answer?.dev ?? []);
  const toldApart = rules.filter((rule) => !isAnswerable(rule));
  // The zone of a link-local address binds the connection to one interface, whatever other routes say.
  const leading = (words[0] ?? '').includes('%') ? [] : routes.filter(({ dst }) => covers(dst ?? '', peer));
  const marked = toldApart.flatMap((rule) => leading.filter(({ table }) => (table ?? 'main') === rule['table']).flatMap(devicesOf));
  const alike = answers.flatMap(([answer]) => alternatives(answer ?? {}, leading)).flatMap(devicesOf);
  return {
    local,
    // The loopback interface only holds an address, and carries nothing.
    devices: [...new Set([...carriers.filter((name) => name !== 'lo'), ...answered, ...marked, ...alike])],
    leaving: [...new Set([...answered, ...alike])],
    unknown: [
      ...carriers.length === 0 ? [`which interface has ${local}`] : [],
      ...answered.length < answers.length || answers.length === 0 ? [`the way back to ${peer}`] : [],
      ...answered.includes('lo') ? [`where ${peer} is, for it is an address of the node itself`] : [],
      ...toldApart.filter(({ table }) => typeof table !== 'string').map((rule) => `the rule ${JSON.stringify(rule)}`),
    ],
  };
};

/** Without the zone of a link-local address. */
const plain = (address: string): string => address.replace(/%.*$/, '');

/** An address may be written in several ways in IPv6. */
const sameAddress = (one: string, other: string): boolean => covers(plain(one), other);

/**
 * Whether `ip route get` took the rule into account: all of what the rule tells packets apart by was in the question. Marks, users and types of
 * service were not, so that what such a rule leads to may carry the connection too.
 */
const isAnswerable = (rule: IpRule): boolean => Object.keys(rule).every((key) => answerable.has(key));

const answerable = new Set([
  'priority', 'table', 'protocol', 'not', 'src', 'srclen', 'dst', 'dstlen', 'ipproto', 'sport', 'sport_start', 'sport_end', 'dport', 'dport_start', 'dport_end',
  // An interface that packets came in by: ours come from the node itself.
  'iif', 'l3mdev', 'suppress_prefixlen', 'suppress_prefixlength', 'suppress_ifgroup',
]);

/**
 * Routes that the kernel may take in place of the one that it named: several ways in one route, or the same destination through several gateways.
 * They stand in the answer's table, with the longest prefix there; where the answer does not fit that, they may stand anywhere.
 */
const alternatives = ({ dev, table }: IpRoute, routes: readonly IpRoute[]): readonly IpRoute[] => {
  const inTable = routes.filter((route) => (route.table ?? 'main') === (table ?? 'main'));
  const longest = Math.max(...inTable.map(prefixLength));
  const isNamed = (route: IpRoute): boolean => dev !== undefined && devicesOf(route).includes(dev);
  const nearest = inTable.filter((route) => prefixLength(route) === longest);
  const named = (nearest.some(isNamed) ? nearest : routes).filter(isNamed).filter(hasGateway);
  return routes.filter((route) => hasGateway(route) && named.some((one) => one.dst === route.dst && one.metric === route.metric && one.table === route.table));
};

/** One address alone is longer than any prefix. */
const prefixLength = ({ dst = '' }: IpRoute): number => (dst === 'default' ? 0 : Number(dst.split('/')[1] ?? 129));

const hasGateway = ({ gateway, via, nexthops }: IpRoute): boolean => gateway !== undefined || via !== undefined || nexthops !== undefined;

const devicesOf = ({ dev, nexthops }: IpRoute): readonly string[] => [...dev === undefined ? [] : [dev], ...(nexthops ?? []).flatMap((hop) => hop.dev ?? [])];

/** Whether an address lies in a prefix as `ip` writes it: `default`, `10.0.0.0/8`, or one address alone. */
const covers = (prefix: string, address: string): boolean => {
  if (prefix === 'default') return true;
  const [network = '', length] = prefix.split('/');
  const family = isIP(network);
  if (family === 0 || family !== isIP(address)) return false;
  const block = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  block.addSubnet(network, length === undefined ? { 4: 32, 6: 128 }[family as 4 | 6] : Number(length), type);
  return block.check(address, type);
};

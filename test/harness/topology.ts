// Network stacks of nodes, made up at random: what is true of them, where frames may leave, and what a survey sees of it.

import type { Sections } from './paper-survey.ts';

export interface Device {
  readonly name: string;
  readonly kind: 'nic' | 'bond' | 'bridge' | 'vrf' | 'vlan' | 'macvlan' | 'ipvlan' | 'veth' | 'vxlan' | 'gre' | 'wireguard' | 'machine' | 'vpn';
  /** What its frames go into: below it, or the other end of its pair. Null: nothing, or nothing on this node. */
  readonly into: string | null;
  /** The survey cannot see `into`. */
  readonly hidden: 'unsaid' | 'namespace' | null;
  master: string | null;
}

interface Route { readonly table: string; readonly prefix: string; readonly hops: readonly string[] }
interface Rule { readonly priority: number; readonly from?: string; readonly mark?: string; readonly table: string }

export interface Topology {
  readonly devices: readonly Device[];
  readonly peer: string;
  readonly local: string;
  /** Of a link-local connection. */
  readonly zone: string | null;
  readonly carrier: string;
  readonly rules: readonly Rule[];
  readonly routes: readonly Route[];
}

/** The bond of the lab file, and its NICs. */
export const target = { bond: 'bond0', nics: ['nic0', 'nic1'] } as const;

/** Numbers below `limit`, from a seed: mulberry32. */
const dice = (seed: number) => {
  let state = seed;
  return (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
};

export const topologyOf = (seed: number): Topology => {
  const roll = dice(seed);
  const one = <T>(all: readonly T[]): T => all[roll(all.length)]!;
  const devices = stackOf(roll, one);
  // Whatever has no master and no peer's bridge to serve may have addresses; now and then a port has one all the same.
  const upper = devices.filter(({ master, kind }) => kind !== 'machine' && (master === null || roll(20) === 0)).map(({ name }) => name);
  // Administrators tend to keep management off the bond: half of them do without it altogether.
  const candidates = roll(2) === 0 ? upper : upper.filter((name) => name !== target.bond);
  const any = (): string => one(candidates);
  const usual = any();
  const mostly = (): string => (roll(4) > 0 ? usual : any());
  const family = one(['four', 'four', 'six', 'zone'] as const);
  const [peer, local, net, far] = family === 'four' ? ['192.0.2.200', '192.0.2.1', '192.0.2.0/24', '10.0.0.0/8'] : family === 'six' ? ['2001:db8::200', '2001:db8::1', '2001:db8::/32', 'fd00::/8'] : ['fe80::200', 'fe80::1', 'fe80::/64', 'fd00::/8'];
  const route = (table: string, prefix: string): Route => ({ table, prefix, hops: roll(6) === 0 && prefix !== net ? [mostly(), any()] : [mostly()] });
  return {
    devices, peer, local, ...family === 'zone' ? { carrier: usual, zone: usual } : { carrier: mostly(), zone: null },
    rules: [
      ...roll(4) === 0 ? [{ priority: 100, from: one([local, far]), table: '100' }] : [],
      ...roll(5) === 0 ? [{ priority: 200, mark: '0x5', table: '200' }] : [],
      { priority: 32766, table: 'main' },
    ],
    routes: [
      route('main', 'default'), ...roll(2) === 0 ? [route('main', net)] : [], ...roll(3) === 0 ? [route('main', far)] : [],
      ...roll(8) === 0 ? [route('main', peer)] : [], route('100', one(['default', far])), route('200', one(['default', net, far])),
    ],
  };
};

const stackOf = (roll: (limit: number) => number, one: <T>(all: readonly T[]) => T): readonly Device[] => {
  const device = (name: string, kind: Device['kind'], over: Partial<Device> = {}): Device => ({ name, kind, into: null, hidden: null, master: null, ...over });
  const devices: Device[] = [...Array.from({ length: 5 }, (_, n) => device(`nic${n}`, 'nic', { master: n < 2 ? target.bond : null })), device(target.bond, 'bond')];
  const free = (): readonly Device[] => devices.filter(({ master, kind }) => master === null && kind !== 'ipvlan' && kind !== 'wireguard' && kind !== 'gre');
  const gather = (name: string, kind: 'bond' | 'bridge' | 'vrf', from: readonly Device[]): void => {
    devices.push(device(name, kind));
    // A bridge of bridges is none, as the kernel has it.
    for (let n = 0; n <= roll(3); n += 1) {
      const ports = from.filter((port) => port.master === null && port.name !== name && !(kind === 'bridge' && port.kind === 'bridge'));
      if (ports.length > 0) one(ports).master = name;
    }
  };
  const steps: readonly ((name: string) => void)[] = [
    (name) => { devices.push(device(name, 'vlan', { into: one(devices.filter(({ kind }) => kind !== 'wireguard' && kind !== 'gre')).name })); },
    (name) => { devices.push(device(name, one(['macvlan', 'ipvlan'] as const), { into: one(free()).name })); },
    (name) => { gather(name, 'bridge', free()); },
    (name) => { gather(name, 'bridge', free()); },
    (name) => { gather(name, 'vrf', free()); },
    (name) => { gather(name, 'bond', free().filter(({ kind }) => kind === 'nic')); },
    (name) => { devices.push(device(name, one(['vxlan', 'gre'] as const), { into: one(devices).name })); },
    (name) => { if (roll(2) === 0) devices.push(device(name, one(['vxlan', 'gre', 'wireguard', 'vpn'] as const), { into: one(devices).name, hidden: 'unsaid' })); },
    (name) => { if (roll(2) === 0) devices.push(device(name, one(['macvlan', 'veth'] as const), { into: roll(2) === 0 ? null : one(devices).name, hidden: 'namespace', master: bridgeOf() })); },
    (name) => { devices.push(device(name, 'machine', { master: bridgeOf() })); },
    // As the firewall of Proxmox VE has them: a bridge at each end.
    (name) => {
      const [near, far] = [device(`${name}a`, 'veth', { into: `${name}b`, master: bridgeOf() }), device(`${name}b`, 'veth', { into: `${name}a` })];
      devices.push(near, far);
      if (near.master !== null || roll(4) > 0) {
        devices.push(device(`${name}f`, 'bridge'));
        far.master = `${name}f`;
        if (roll(3) === 0) {
          const ports = free().filter(({ name: port, kind }) => kind !== 'bridge' && port !== near.name);
          if (ports.length > 0) one(ports).master = `${name}f`;
        }
      }
    },
  ];
  const bridgeOf = (): string | null => {
    const bridges = devices.filter(({ kind }) => kind === 'bridge');
    return bridges.length > 0 ? one(bridges).name : null;
  };
  for (let n = 0, count = roll(9); n < count; n += 1) one(steps)(`dev${n}`);
  return devices;
};

/** As the kernel does it: rules in order, the longest prefix that fits. Every hop that it may choose; null where there is no way. */
const lookUp = ({ rules, routes, peer, zone }: Topology, { from, mark }: { readonly from: string | null; readonly mark: string | null }): Pick<Route, 'table' | 'hops'> | null => {
  if (zone !== null) return { table: 'main', hops: [zone] };
  for (const rule of rules) {
    if (rule.from !== undefined && rule.from !== from) continue;
    if (rule.mark !== undefined && rule.mark !== mark) continue;
    const fitting = routes.filter(({ table, prefix }) => table === rule.table && fits(prefix, peer));
    const longest = fitting.toSorted((a, b) => lengthOf(b.prefix) - lengthOf(a.prefix))[0];
    if (longest) return longest;
  }
  return null;
};

/** There are only these few prefixes. */
const fits = (prefix: string, peer: string): boolean => prefix === 'default' || prefix === peer || prefix === '192.0.2.0/24' && peer.startsWith('192.') || prefix === '2001:db8::/32' && peer.startsWith('2001:');
const lengthOf = (prefix: string): number => (prefix === 'default' ? 0 : Number(prefix.split('/')[1] ?? 128));

export interface Truth {
  /** The devices that a frame of the connection may leave by. */
  readonly exits: ReadonlySet<string>;
  /** Something on its way is out of sight. */
  readonly unseen: boolean;
  /** What can be seen leads to no cable, though the connection stands. */
  readonly stuck: boolean;
}

export const truthOf = (topology: Topology): Truth => {
  const { devices, local, carrier } = topology;
  const ways = [null, local].flatMap((from) => [null, '0x5'].map((mark) => lookUp(topology, { from, mark })));
  const starts = new Set([carrier, ...ways.flatMap((way) => way?.hops ?? [])]);
  // Twice as many places as devices: a frame goes out by one, or has come in by it. Warshall's closure of the steps between them.
  const count = devices.length;
  const at = new Map(devices.map(({ name }, n) => [name, n]));
  const steps = Array.from({ length: 2 * count }, () => new Uint8Array(2 * count));
  const step = (from: number, to: number): void => { steps[from]![to] = 1; };
  for (const [n, { kind, into, hidden, master }] of devices.entries()) {
    const below = into === null ? -1 : at.get(into)!;
    if (kind === 'veth') {
      if (below >= 0) step(n, below + count);
    } else if (below >= 0) {
      step(n, below);
      // What stands on a device of another namespace stands on none of these.
      if (hidden === null && (kind === 'vlan' || kind === 'macvlan' || kind === 'ipvlan')) step(below + count, n + count);
    }
    if (master === null) continue;
    const above = at.get(master)!;
    step(above, n);
    if (devices[above]!.kind === 'bridge') for (const [other, port] of devices.entries()) if (port.master === master && other !== n) step(n + count, other);
    step(n + count, above + count);
  }
  for (let via = 0; via < 2 * count; via += 1) for (let from = 0; from < 2 * count; from += 1) if (steps[from]![via] === 1) for (let to = 0; to < 2 * count; to += 1) steps[from]![to]! |= steps[via]![to]!;
  const from = (name: string): readonly Device[] => devices.filter((device, n) => device.name === name || steps[at.get(name)!]![n] === 1);
  const exits = new Set([...starts].flatMap((name) => from(name).map((device) => device.name)));
  // The answers of an unmarked connection do arrive, so they leave by some cable.
  const stuck = [null, local].flatMap((source) => lookUp(topology, { from: source, mark: null })?.hops ?? []).some((name) => !from(name).some(({ kind }) => kind === 'nic'));
  return { exits, stuck, unseen: ways.includes(null) || devices.some(({ name, hidden }) => hidden !== null && exits.has(name)) };
};

/** What `ip` prints of it. */
export const seenOf = (topology: Topology, seed: number): Sections => {
  const { devices, peer, local, zone, carrier, rules, routes } = topology;
  const answer = (from: string | null): string => {
    const found = lookUp(topology, { from, mark: null });
    return found === null ? '' : JSON.stringify([{ dst: peer, dev: found.hops[Math.abs(seed) % found.hops.length], ...found.table === 'main' ? {} : { table: found.table } }]);
  };
  const hopped = (hops: readonly string[], table: string): object => (hops.length === 1 ? { gateway: `via-${table}`, dev: hops[0] } : { nexthops: hops.map((dev) => ({ gateway: `via-${dev}`, dev, weight: 1 })) });
  return {
    links: JSON.stringify([{ ifname: 'lo', link_type: 'loopback' }, ...devices.map(linkOf)]),
    addresses: JSON.stringify(devices.map(({ name }) => ({ ifname: name, addr_info: name === carrier ? [{ local }] : [] }))),
    connection: [peer, '50022', local, '22'].map((word) => (zone !== null && word.startsWith('fe80') ? `${word}%${zone}` : word)).join(' '),
    rules: JSON.stringify(rules.map(({ priority, from, mark, table }) => ({ priority, src: from ?? 'all', ...mark === undefined ? {} : { fwmark: mark }, table }))),
    routes: JSON.stringify(routes.map(({ table, prefix, hops }) => ({ dst: prefix, ...hopped(hops, table), ...table === 'main' ? {} : { table } }))),
    back: answer(null),
    from: answer(local),
  };
};

const linkOf = ({ name, kind, into, hidden, master }: Device): object => ({
  ifname: name, link_type: 'ether', ...master === null ? {} : { master },
  ...hidden === 'namespace' ? { link_index: 7, link_netnsid: 0 } : hidden === 'unsaid' ? (name.length % 2 === 0 ? { link: null } : {}) : into === null ? {} : { link: into },
  ...kind === 'nic' ? {} : { linkinfo: { info_kind: kind === 'machine' || kind === 'vpn' ? 'tun' : kind, ...kind === 'machine' || kind === 'vpn' ? { info_data: { type: 'tap', vnet_hdr: kind === 'machine' } } : {} } },
});

// The NICs of a simulated machine and what tc makes of them: netem as root or below bands, and an ingress with bondproof's block.

import { ourBlock } from '../../src/faults/rx-silent.ts';
import { ok, refused, type Doing } from './doing.ts';

export interface Nic {
  /** Of its netem; null: there is none. */
  lossPercent: number | null;
  /** The band of ours that it is under; null: it is the root. */
  band: 'lacpdus' | 'data' | null;
  /** Whether the root qdisc is ours and has bands. */
  banded: boolean;
  /** What the filters of our ingress block do; null: there is no such block. */
  ingress: 'pass' | 'drop' | null;
  drops: number;
  tx: number;
  rx: number;
  /** What came to a port of the switch in long frames. */
  rxBytes: number;
  up: boolean;
}

export const untouched = { lossPercent: null, band: null, banded: false, ingress: null, up: true } as const;

interface Cards { readonly nics: ReadonlyMap<string, Nic>; readonly keepsQdiscs: boolean }

const refuses = (stderr: string, exitCode?: number): Doing => ({ steps: [], said: () => refused(stderr, exitCode) });
const does = (step: () => void): Doing => ({ steps: [step], said: () => ok() });

/** `tc qdisc` and `tc filter`, without the words themselves. */
export const tc = ({ nics, keepsQdiscs }: Cards, args: readonly string[]): Doing => {
  const [what, verb, , dev = ''] = args;
  // A block is on the one NIC that was given it.
  const nic = dev === ourBlock ? [...nics.values()].find(({ ingress }) => ingress !== null) : nics.get(dev);
  if (!nic) return refuses(`Cannot find device "${dev}"`, dev === ourBlock ? 2 : 1);
  if (what === 'filter') return does(() => { if (dev === ourBlock) nic.ingress = verb === 'add' && args.includes('drop') ? 'drop' : 'pass'; });
  if (args.includes('clsact')) return nic.ingress === null ? does(() => { nic.ingress = 'pass'; }) : refuses('Exclusivity flag on, cannot modify.');
  const below = args.includes('parent');
  const there = nic.lossPercent !== null || !below && nic.banded;
  if (verb === 'add' ? there : !there) return refuses(there ? 'Exclusivity flag on, cannot modify.' : 'Cannot find specified qdisc.');
  if (verb === 'del') return keepsQdiscs ? refuses('Invalid handle.') : does(() => { Object.assign(nic, { lossPercent: null, band: null, banded: false }); });
  if (args.includes('prio')) return does(() => { nic.banded = true; });
  const lossPercent = Number(/(\d+)%/.exec(args.join(' '))?.[1] ?? 0);
  const band = !below ? null : args.includes('b0d:1') ? 'lacpdus' : 'data';
  return does(() => { Object.assign(nic, { lossPercent, band }); });
};

/** src/faults/rx-silent.ts, endIngress. */
export const endIngress = ({ nics, keepsQdiscs }: Cards, name: string): Doing => {
  const nic = nics.get(name)!;
  return nic.ingress !== null && keepsQdiscs ? refuses('Invalid handle.') : does(() => { nic.ingress = null; });
};

/** As `tc qdisc show` says it. */
export const qdiscsOf = (name: string, { lossPercent, banded, ingress }: Nic): string => {
  const netem = `limit 1000 loss ${lossPercent}%`;
  const root = banded ? `prio b0d: dev ${name} root refcnt 2 bands 2` : lossPercent === null ? `noqueue 0: dev ${name} root refcnt 2` : `netem b0d: dev ${name} root refcnt 2 ${netem}`;
  return [
    `qdisc ${root}`,
    ...banded && lossPercent !== null ? [`qdisc netem b0e: dev ${name} parent b0d:2 ${netem}`] : [],
    ...ingress === null ? [] : [`qdisc clsact ffff: dev ${name} parent ffff:fff1 ingress_block ${ourBlock} `],
  ].join('\n');
};

/** As `tc -j qdisc show` says it. */
export const qdiscList = ({ nics }: Pick<Cards, 'nics'>): readonly { readonly dev: string; readonly kind: string; readonly handle: string; readonly root: boolean }[] =>
  [...nics].map(([dev, { lossPercent, banded }]) => ({ dev, root: true, ...banded ? { kind: 'prio', handle: 'b0d:' } : lossPercent === null ? { kind: 'noqueue', handle: '0:' } : { kind: 'netem', handle: 'b0d:' } }));

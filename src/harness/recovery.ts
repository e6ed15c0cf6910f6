// Devices that an interrupted run of any machine left changed: seen by what lies on them, and brought back by it.

import { endLease, leaseParts, leaseScript } from '../faults/lease.ts';
import { ourHandle } from '../faults/netem.ts';
import { endIngress, ourBlock } from '../faults/rx-silent.ts';
import type { Action, Query } from '../model/command.ts';
import { deviceIds, type DeviceId, type Lab } from '../model/lab.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import { all } from './bench.ts';
import type { Devices } from './devices.ts';
import { disarmUndo } from './guard.ts';

/** What bondproof has on a device while something of it is in force. */
export interface Traces {
  /** Tokens of undos that lie there, armed or not; those of faults first. */
  readonly tokens: readonly string[];
  /** NICs whose root qdisc has bondproof's handle. */
  readonly nics: readonly string[];
  /** NICs whose ingress has bondproof's block. */
  readonly ingress: readonly string[];
  /** What there is of a lease: its table, its sink. */
  readonly lease: readonly string[];
}

// With -e: what cannot be read ends the command with an error. It is unknown then, never nothing.
const script = `
for undo in /run/bondproof/*.undo; do if [ -e "$undo" ]; then undo=\${undo##*/}; echo "undo \${undo%.undo}"; fi; done
units=$(systemctl list-units --all --plain --no-legend 'bondproof-undo-*.service')
for word in $units; do case $word in bondproof-undo-*.service) word=\${word#bondproof-undo-}; echo "undo \${word%.service}";; esac; done
tc qdisc show
${leaseScript}`;

export const tracesOf: Query<Traces> = {
  command: { argv: ['sh', '-euc', script, 'bondproof-traces'] },
  parse: (stdout) => {
    const lines = stdout.split('\n').filter((line) => line !== '');
    // Every device has the qdisc of its loopback interface, if no other; qdiscs with more to say go on in indented lines.
    const strange = lines.find((line) => !/^(?:undo |qdisc \S+ \S+ dev \S+ |table netdev |sink bondproof-sink$|\s)/.test(line)) ?? (lines.some((line) => line.startsWith('qdisc ')) ? null : 'no qdisc at all');
    if (strange !== null) throw new Error(`neither an undo, a qdisc nor a lease: ${strange.slice(0, 160)}`);
    const found = (pattern: RegExp): readonly string[] => [...new Set([...stdout.matchAll(pattern)].map(([, name]) => name!))];
    const tokens = found(/^undo ([a-z0-9-]+)$/gm).toSorted((a, b) => Number(a.endsWith('-configuration')) - Number(b.endsWith('-configuration')));
    return {
      tokens, nics: found(new RegExp(`^qdisc \\S+ ${ourHandle} dev (\\S+) root `, 'gm')), ingress: found(new RegExp(`^qdisc clsact \\S+ dev (\\S+) .*\\bingress_block ${ourBlock}(?= |$)`, 'gm')), lease: leaseParts(stdout),
    };
  },
};

export const traces = async (lab: Lab, devices: Devices): Promise<ReadonlyMap<DeviceId, Traces>> =>
  new Map(await all(deviceIds(lab).map(async (device) => [device, await devices.ask(device, tracesOf)] as const)));

export const isClean = (each: Traces): boolean => inForce(each).length === 0;

/** What is in force, in words. */
export const inForce = ({ tokens, nics, ingress, lease }: Traces): readonly string[] =>
  [...tokens.map((token) => `undo ${token}`), ...nics.map((nic) => `bondproof’s qdisc on ${nic}`), ...ingress.map((nic) => `bondproof’s ingress of ${nic}`), ...lease.map((part) => `a lease’s ${part}`)];

/** Throws a Problem where something lies on a device that nobody here wrote down: a run of another machine may want it. */
export const requireClean = ({ name }: Lab, found: ReadonlyMap<DeviceId, Traces>): void => {
  const dirty = [...found].filter(([, each]) => !isClean(each)).map(([device, each]) => `${inForce(each).join(', ')} on ${device}`);
  if (dirty.length === 0) return;
  throw new Problem({
    asked: `run on lab ${name}`, found: `${dirty.join('; ')}, and nobody here wrote down what for`, right: 'nothing of bondproof in force on any device',
    todo: 'where that run was started: `bondproof recover LAB`; if that machine is gone: `bondproof recover LAB --scan`', exitCode: exitCodes.busy,
  });
};

const undoScript = `undo=/run/bondproof/$1.undo; if [ -e "$undo" ]; then sh "$undo"; fi`;

/** By what lies there alone, without a journal: each undo is run and taken away, and then a qdisc of ours or a lease that had none. */
export const undoTraces = (device: DeviceId, { tokens, nics, ingress, lease }: Traces): readonly Action[] => [
  ...tokens.flatMap((token): readonly Action[] => [
    // It tries each of its lines and ends with 0 (guard.ts, undoText); one that could not be run at all stays where it is.
    { device, command: { argv: ['sh', '-c', undoScript, 'bondproof-undo', token] } },
    { device, command: disarmUndo(token) },
  ]),
  ...nics.map((nic): Action => ({ device, command: { argv: ['tc', 'qdisc', 'del', 'dev', nic, 'root', 'handle', ourHandle] }, accept: [0, 2] })),
  ...ingress.map((nic) => endIngress({ device, nic })),
  ...lease.slice(0, 1).map((): Action => ({ device, command: endLease('any NIC') })),
];

/** Undoes all of it, device by device at once. */
export const clearTraces = async (found: ReadonlyMap<DeviceId, Traces>, devices: Devices): Promise<void> => {
  await all([...found].map(async ([device, each]) => {
    for (const action of undoTraces(device, each)) await devices.act(action, { timeoutMs: 90_000 });
  }));
};

// The agent of a simulated node: the messages of src/agent/protocol.ts, four times a second in place of ten.

import { bondStanza } from '../../src/model/interfaces.ts';
import type { Machine } from './machine.ts';
import type { Program } from './program.ts';

const tickMs = 450;
const lacpduMs = 1000;
const echoMs = 2000;
/** In a long frame of Ethernet. */
const longFrame = 1514;
/** So long after the last LACPDU the bond gives a slave up, and takes it back. */
const lacpMs = { out: 3000, back: 1000 };
const inUse = 63;
const notDistributing = 7;
/** LACP_STATE_LACP_TIMEOUT (uapi/linux/if_bonding.h): its partner is to send fast. */
const asksFast = 2;

/** What is no order is a trouble that the agent tells of, and no more. */
/** The actor's state is the 33rd octet of the frame (IEEE 802.1AX, 6.4.2.3). */
const lacpduOf = (actor: number): string => Buffer.alloc(124).fill(actor, 32, 33).toString('base64');

const orderOf = (line: string): { readonly order: string; readonly id?: number; readonly nic?: string | null; readonly frames?: number } | null => {
  try {
    return JSON.parse(line) as ReturnType<typeof orderOf>;
  } catch {
    return null;
  }
};

const modes = new Map<string, string | null>();

const modeOf = (interfaces: string | null): string | null => {
  if (interfaces === null) return null;
  const known = modes.get(interfaces);
  if (known !== undefined) return known;
  const mode = bondStanza(interfaces, 'bond0')?.mode ?? null;
  modes.set(interfaces, mode);
  return mode;
};

export const agent = (machine: Machine, machines: readonly Machine[], say: (line: string) => void, ended: (exitCode: number) => void): Program => {
  const { clock } = machine;
  let heard = 0;
  // As src/agent/node/agent.py: a later life's numbers never meet an earlier one's.
  let seq = Math.floor(clock.nowUs() / 1000 / tickMs);
  machine.canariesHeard = {};
  let canary: string | null = null;
  let over = false;
  const lost = new Map<string, number>();
  const told = new Map<string, number>();
  const heardOf = new Map<string, number>();

  const tell = (kind: string, fields: object): void => { say(JSON.stringify({ kind, bootUs: machine.bootUs(), realUs: clock.nowUs() + machine.wallAheadUs, ...fields })); };
  const faultyFor = (nic: string): number => {
    const faulty = machine.isMissed(nic);
    const since = lost.get(nic) ?? (faulty ? 1 : -1) * clock.nowUs();
    if (faulty !== since > 0) lost.set(nic, (faulty ? 1 : -1) * clock.nowUs());
    else lost.set(nic, since);
    return lost.get(nic)!;
  };
  const sayLacp = (): void => {
    for (const nic of machine.nics.keys()) {
      const sinceUs = faultyFor(nic);
      const waitedMs = (clock.nowUs() - Math.abs(sinceUs)) / 1000;
      const before = told.get(nic) ?? inUse;
      const bits = modeOf(machine.bond) !== '802.3ad' ? 0
        : sinceUs > 0 ? (waitedMs >= lacpMs.out ? notDistributing : before) : (waitedMs >= lacpMs.back ? inUse : before);
      const partner = machine.hearsSlow(nic) ? bits & ~asksFast : bits;
      if (told.get(nic) === bits && heardOf.get(nic) === partner) continue;
      told.set(nic, bits);
      heardOf.set(nic, partner);
      tell('lacp', { slave: nic, actor: bits, partner });
    }
  };
  const tick = (): void => {
    if (over) return;
    clock.after(tickMs, tick);
    sayLacp();
    seq += 1;
    const peers = machines.filter(({ name, up, bond }) => name !== machine.name && up && bond !== null && machine.bond !== null);
    const canaryNic = canary === null ? null : machine.nics.get(canary)!;
    const sent = canaryNic?.up === true && !isRefused() ? [seq] : [];
    if (sent.length > 0 && !machine.isMute()) for (const { name, canariesHeard } of machines) if (name !== machine.name) (canariesHeard[machine.name] ??= []).push(...sent);
    const came = machine.canariesHeard;
    machine.canariesHeard = {};
    for (const [name, nic] of machine.nics) {
      if ((nic.lossPercent ?? 0) > 0 || nic.ingress === 'drop') nic.drops += 3;
      if (nic.up && !machine.isSilent(name)) nic.tx += 3;
      if (nic.up && machine.isSentTo(name)) nic.rx += 3;
    }
    tell('tick', {
      seq, heard: Object.fromEntries(peers.map(({ name }) => [name, [seq]])),
      canarySent: sent, canaryRefused: isRefused() ? 1 : 0, canaryHeard: came,
      delivered: seq % 8 === 1 ? [[seq, 5000]] : [], undeliveredMs: 0,
      counters: Object.fromEntries([...machine.nics].map(([name, { tx, rx, drops, lossPercent, ingress, up }]) => [name, [tx, rx, lossPercent === null && ingress === null ? null : drops, up ? 1 : 0]])),
    });
  };
  const isRefused = (): boolean => canary !== null && machine.defect === 'refuses' && machine.isSilent(canary);
  const echo = (): void => {
    if (over) return;
    clock.after(echoMs, echo);
    if (machine.defect !== 'journal-stops') tell('journal', { identifier: 'bondproof-echo', text: 'an echo', priority: 7 });
  };
  const sendLacpdus = (): void => {
    if (over) return;
    clock.after(lacpduMs, sendLacpdus);
    for (const nic of machine.nics.keys()) {
      if (faultyFor(nic) < 0) tell('lacpdu', { slave: nic, outgoing: true, frame: '' });
      if (machine.isSentTo(nic)) tell('lacpdu', { slave: nic, outgoing: false, frame: lacpduOf(machine.hearsSlow(nic) ? inUse & ~asksFast : inUse) });
    }
  };
  const stop = (): void => {
    over = true;
    machine.canary = false;
    machine.atReset.delete(stop);
  };
  machine.atReset.add(stop);
  machine.killAgent = () => {
    stop();
    ended(137);
  };
  return {
    hear(line) {
      if (over) return;
      heard += 1;
      if (heard === 1 && !line.includes('"nodeId"')) return; // the program itself
      if (line.includes('"nodeId"')) {
        tell('hello', { bootId: machine.bootId, kernel: '6.8.12', python: '3.11', pid: 1, problems: [] });
        for (const { kind, ...fields } of machine.says) tell(kind, fields);
        tick();
        echo();
        if (machine.sendsLacpdus) sendLacpdus();
        return;
      }
      const order = orderOf(line);
      if (order === null) return;
      if (order.order === 'ping') tell('pong', { id: order.id });
      else if (order.order === 'try-cable') machine.sendsBytes(order.nic!, order.frames! * longFrame);
      else if (order.order === 'canary') {
        canary = order.nic ?? null;
        machine.canary = canary !== null;
      }
    },
    inputEnded() {
      if (over) return;
      stop();
      ended(0);
    },
  };
};

// A run that nobody ran: records of the size and shape that a large lab leaves, by code from a seed. For measuring what reads them, and nothing else.

import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { recordLine } from '../src/harness/record-text.ts';
import type { Body, Event, NodeSurvey } from '../src/model/event.ts';
import type { Lab } from '../src/model/lab.ts';
import type { Scenario } from '../src/model/scenario.ts';

/** Nine nodes with fast LACP for three minutes leave 25,000 events: 16,000 ticks, 6,500 LACPDUs, and the journals' lines. */
const nodes = Array.from({ length: 9 }, (_, n) => `pve${n + 1}`);
const [beforeS, lacpduBytes] = [20, 124];

export interface Size { readonly trials: number; readonly eventsPerTrial: number; readonly seed: number }

const scenario: Scenario = {
  name: '802.3ad/fast-fast', summary: 'LACP with fast timers on both sides.', bond: { mode: '802.3ad', lacpRate: 'fast', xmitHashPolicy: 'layer2', miimonMs: 100 }, ports: { kind: 'lacp', rate: 'fast' },
  fault: 'tx-silent', target: 'first', ha: 'armed', detector: 'lacp',
};

const lab: Lab = {
  name: 'synthetic', world: 'timewarp', cluster: 'bondproof',
  nodes: nodes.map((name, n) => ({ name, id: n + 1, address: `10.10.10.${n + 1}`, bond: 'bond0', slaves: ['eth1', 'eth2'], login: null })),
  switch: { name: 'sw1', dialect: 'linux', login: null },
  links: nodes.flatMap((node, n) => ['eth1', 'eth2'].map((nic, slave) => ({ id: `${node}-${nic}`, node, nic, switch: 'sw1', port: `swp${2 * n + slave + 1}`, transceiver: null }))),
  victim: 'pve1', class: 'partial', fencing: true, injector: 'netem', virtual: null,
};

const survey: NodeSurvey = {
  bootId: 'boot', kernel: '6.12.0', corosync: '3.1.9', totem: { tokenMs: 7550, consensusMs: 9060 }, ha: 'stand-in',
  bond: { mode: '802.3ad', mac: '02:62:70:00:01:10', xmitHashPolicy: 'layer2', lacpRate: 'fast', activeSlave: null, slaves: [{ nic: 'eth1', mac: '02:62:70:00:01:10' }, { nic: 'eth2', mac: '02:62:70:00:01:11' }] },
};

/** mulberry32: numbers from 0 to 1 that follow from a seed. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** One trial's events in order: quiet, a fault that a third of the peers notice until LACP acts, memberships, a revert, and quiet. */
export const syntheticTrial = (number: number, { trials, eventsPerTrial, seed }: Size): readonly Event[] => {
  const random = randomFrom(seed * 100_003 + number);
  // A second has 10 ticks and 4 LACPDUs of each node.
  const lengthS = Math.max(beforeS + 40, Math.floor((eventsPerTrial - 400) / (nodes.length * 14.3)));
  const [faultS, revertS, actsS] = [beforeS, lengthS - 15, beforeS + 2 + 2 * random()];
  const events: Event[] = [];
  const harness = (atS: number, body: Body): void => { events.push({ at: [Math.round(atS * 1e6), Math.round(atS * 1e6) + 800], by: 'harness', ...body }); };
  const seen = (atS: number, by: string, body: Body): void => { events.push({ at: [Math.round(atS * 1e6) - 300, Math.round(atS * 1e6) + 300], by, ...body }); };
  const logged = (atS: number, by: string, text: string): void => { seen(atS, by, { type: 'logged', identifier: 'corosync', text }); };
  const dark = (from: string, to: string, atS: number): boolean => from === 'pve1' && Number(to.slice(3)) % 3 === 0 && atS > faultS && atS < actsS;

  harness(0, {
    type: 'trial-started', format: 2, run: 'synthetic', startedAt: new Date(Date.UTC(2026, 0, 1) + number * 600_000).toISOString(), campaign: 'synthetic', seed, number, planned: trials, attempt: 1, repetition: number,
    scenario, injector: 'netem', echoEveryMs: 2000, proof: { canary: 'lost', drops: 'rise', tx: 'still', carrier: 1 }, lab, about: { bondproof: '0.1.0', kernel: '6.12.0' }, simulated: ['all of it: no lab was there'],
  });
  for (const node of nodes) {
    harness(0.5, { type: 'agent-started', node, bootId: `${node}-1` });
    harness(0.6, { type: 'clock-fitted', node, offsetUs: 0, errorUs: 300, roundTripUs: 600 });
    harness(5, { type: 'node-surveyed', node, survey });
    for (const slave of ['eth1', 'eth2']) seen(1, node, { type: 'lacp-changed', slave, actor: 63, partner: 63 });
  }
  harness(6, { type: 'target-chosen', link: lab.links[0]!, predicted: { class: 'partial', darkPeers: ['pve3', 'pve6', 'pve9'] } });
  harness(8, { type: 'step-started', step: 'baseline' });
  harness(faultS, { type: 'fault-applied' });
  seen(actsS, 'pve1', { type: 'lacp-changed', slave: 'eth1', actor: 7, partner: 143 });
  for (const [n, atS] of [actsS + 1, actsS + 3 + 5 * random()].entries()) for (const node of nodes) {
    const ring = `1.${(number * 8 + 4 * n + 16).toString(16)}`;
    seen(atS, node, { type: 'membership-formed', ring, joined: [], left: [] });
    logged(atS, node, `[TOTEM ] A new membership (${ring}) was formed. Members`);
    seen(atS, node, { type: 'services-synchronized' });
  }
  harness(revertS, { type: 'step-started', step: 'revert' });
  harness(revertS, { type: 'fault-reverted' });
  let sentInFault = 0;
  for (let tick = 1; tick < lengthS * 10; tick += 1) {
    const atS = tick / 10;
    const silent = atS > faultS && atS < revertS;
    if (silent) sentInFault += 6;
    for (const [n, node] of nodes.entries()) {
      const ownS = atS + n / 200 + random() / 500;
      const heard = Object.fromEntries(nodes.filter((peer) => peer !== node).map((peer) => [peer, dark(peer, node, atS) ? [] : [tick]]));
      const late = silent && atS < actsS + 4;
      const delivers = tick % 20 === n && !late;
      const victim = node === 'pve1';
      const sent = 30 * tick - (victim ? 5 * sentInFault : 0);
      seen(ownS, node, {
        type: 'tick', seq: tick, heard, canarySent: victim && atS > 8 ? [tick] : [], canaryRefused: 0, canaryHeard: !victim && atS > 8 && !silent ? [tick] : [],
        delivered: delivers ? [{ seq: tick, tookMs: 1 + 6 * random() }] : [], undeliveredMs: late ? Math.round((atS - faultS) * 1000) : 0,
        counters: { eth1: { tx: victim && silent ? 30 * faultS * 10 : sent, rx: 28 * tick, drops: victim && silent ? sentInFault : null, carrier: 1 }, eth2: { tx: 25 * tick, rx: 27 * tick, drops: null, carrier: 1 } },
      });
      if (tick % 20 === 0) seen(ownS, node, { type: 'journal-echoed' });
      if (tick % 100 === 0) seen(ownS, node, { type: 'lrm-refreshed', state: 'active' });
      if (tick % 10 === n % 10) for (const slave of ['eth1', 'eth2']) for (const direction of ['in', 'out'] as const) {
        if (victim && slave === 'eth1' && silent && direction === 'out') continue;
        seen(ownS + random() / 20, node, { type: 'lacpdu', slave, direction, frame: Buffer.alloc(lacpduBytes, n + (direction === 'in' ? 16 : 0)).toString('base64') });
      }
    }
  }
  harness(lengthS - 0.5, { type: 'lab-whole' });
  harness(lengthS, { type: 'trial-ended' });
  return events;
};

/** Writes the run's records below the folder, and gives how many events and bytes they are. */
export const writeRun = (folder: string, size: Size): { readonly events: number; readonly bytes: number } => {
  let [events, bytes] = [0, 0];
  for (let number = 1; number <= size.trials; number += 1) {
    const path = join(folder, 'trials', `${String(number).padStart(3, '0')}-802.3ad-fast-fast`);
    mkdirSync(path, { recursive: true });
    const file = openSync(join(path, 'events.ndjson'), 'w');
    const text = syntheticTrial(number, size).map((event, at) => recordLine(event, at + 1));
    bytes += writeSync(file, text.join(''));
    closeSync(file);
    events += text.length;
  }
  return { events, bytes };
};

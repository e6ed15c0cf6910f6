// The form of a scenario file, as a schema. Each value's error text says what would be right; it is the description in the JSON Schema as well.

import { z } from 'zod';

import { faultClasses } from '../model/lab.ts';
import { alsoSlaves, arpModes, arpTargets, arpValidations, bondModes, detectors, forMsRange, haStates, lacpRates, neighbourKinds, targetSlaves, xmitHashPolicies } from '../model/scenario.ts';
import { addressOn, ipVersion, linkMode, qdevice, secondLink, tokenCoefficient } from './schema.ts';
import { choice, map, text, whole } from './shapes.ts';

const words = (all: readonly string[]): string => `${all.slice(0, -1).join(', ')} or ${all.at(-1) ?? ''}`;

const tlbRule = 'with mode balance-tlb only: are peers dealt to slaves by load (1) or by hash (0)?';

const switchesRule = 'with kind lacp only: 2, each port of a node on a switch of its own that knows nothing of the other (no MLAG); one machine plays both';

export const scenarioSchema = map({
  name: text(/^(?=.{1,100}$)[a-z0-9][a-z0-9.+-]*(\/[a-z0-9][a-z0-9.+-]*)*$/, "a name that begins with the mode, like 802.3ad/slow-slow: lower-case letters, digits and . + - between slashes"),
  summary: text(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]{1,200}$/, 'a sentence on it for the reports, up to 200 characters on one line'),
  bond: map({
    mode: choice(bondModes, `the bond's mode: ${words(bondModes)}`),
    lacpRate: choice(lacpRates, 'how often the node wants LACPDUs, with mode 802.3ad only: slow (the default) or fast').optional(),
    xmitHashPolicy: choice(xmitHashPolicies, `what the bond hashes: ${words(xmitHashPolicies)}`).default('layer2'),
    miimonMs: whole(10, 10_000, 'how often the bond looks for carrier, 10 to 10000 ms; without it 100, or never where there is an ARP monitor').optional(),
    options: map({
      coupledControl: choice(['on', 'off'], 'with mode 802.3ad only: must ports that collect distribute as well, on or off?').optional(),
      arpMonitor: map({
        intervalMs: whole(10, 60_000, 'how often the bond asks, 10 to 60000 ms'),
        targets: choice(arpTargets, 'whom it asks: switch, by its address, or peers, which is every other node'),
        validate: choice(arpValidations, 'of which slaves only answers to its own questions count: none, active or all').default('none'),
      }).describe(`an ARP monitor in place of miimon, with mode ${words(arpModes)}`).optional(),
      minLinks: whole(0, 2, 'with mode 802.3ad only: how many slaves must be in use, 0 to 2').optional(),
      tlbDynamicLb: z.literal([0, 1], { error: tlbRule }).describe(tlbRule).optional(),
    }).describe('what else the bond is told').optional(),
  }).describe('the bond of each node'),
  ports: map({
    kind: choice(['plain', 'static', 'lacp'], 'what the switch makes of the two ports of a node: plain (nothing), static (a group) or lacp'),
    rate: choice(lacpRates, 'how often the switch wants LACPDUs, with kind lacp only: slow (the default) or fast').optional(),
    switches: z.literal(2, { error: switchesRule }).describe(switchesRule).optional(),
  }).describe('the ports of the switch; without it what goes with the mode').optional(),
  neighbours: choice(neighbourKinds, 'permanent: no entry for a peer on the bond ages; without it ARP keeps them').optional(),
  fault: text(/^[a-z0-9][a-z0-9-]{0,31}$/, 'the name of a fault, like tx-silent'),
  target: choice(targetSlaves, 'which slave of the victim the fault hits: first, or with active-backup active or backup').default('first'),
  also: map({
    placesAfter: whole(1, 31, 'how many places after the victim it is by corosync’s ids, 1 to 31, fewer than there are nodes').default(1),
    target: choice(alsoSlaves, 'which of its slaves the fault hits: first, second, or with active-backup active or backup').default('first'),
  }).describe('a second victim, which the same fault hits at the same time; without it the victim is alone').optional(),
  ha: choice(haStates, 'armed (watchdogs reset nodes), idle (no HA) or rehearse (watchdogs only say that they would)').default('armed'),
  detector: choice(detectors, 'what takes the slave out of use: lacp, carrier, arp, unneeded (nobody uses it) or none; without it what follows from the rest').optional(),
  forMs: whole(forMsRange.least, forMsRange.most, `how long the fault lasts, ${forMsRange.least} to ${forMsRange.most} ms; without it until every node is decided`).optional(),
  lab: map({
    nodes: whole(2, 32, 'how many nodes, 2 to 32').optional(),
    class: choice(faultClasses, 'which of its peers the victim loses with its first slave: partial (some), none or isolated (all)').optional(),
    victim: text(/^pve([1-9]|[12][0-9]|3[0-2])$/, 'the node whose NIC is silenced: pve1 to pve32, as many as there are nodes; of a lab that is there pve1 is the node of the lowest id, and so on').optional(),
    tokenCoefficientMs: tokenCoefficient.optional(),
    secondLink: secondLink.optional(),
    linkMode: linkMode.optional(),
    qdevice: qdevice.optional(),
    addressOn: addressOn.optional(),
    ipVersion: ipVersion.optional(),
  }).describe('the lab that it is for: made so where bondproof makes the lab itself; elsewhere it must be so').optional(),
});

export type ScenarioForm = z.infer<typeof scenarioSchema>;

/** The JSON Schema of scenario files, for editors: the text of labs/scenario.schema.json. */
export const scenarioSchemaText = (): string =>
  `${JSON.stringify({ title: 'A scenario of bondproof', ...z.toJSONSchema(scenarioSchema, { io: 'input' }) }, null, 2)}\n`;

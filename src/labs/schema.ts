// The two forms of a lab file, as schemas. Each value's error text says what would be right; it is the description in the JSON Schema as well.

import { z } from 'zod';

import { addressOns, allowances, faultClasses, ipVersions, lacpEngines, linkModes, secondLinks, snmpAuths, snmpPrivacies, switchEngines, tokenCoefficientRange, waysToQDevice } from '../model/lab.ts';
import { injectors } from '../model/scenario.ts';
import { choice, list, map, text, whole } from './shapes.ts';

const deviceName = (whose: string) => text(/^[a-z0-9][a-z0-9-]{0,31}$/, `the name of ${whose}: up to 32 lower-case letters, digits and dashes, no dash first`);

/** Narrower than the kernel's rule (net/core/dev.c, dev_valid_name): what nobody calls a NIC is a mistake, or worse. */
const nicName = (what: string) => text(/^(?!-|\.\.?$)[A-Za-z0-9._@+-]{1,15}$/, `${what}: 1 to 15 letters, digits or one of . _ @ + -, no dash first`);

const octet = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const ipv4Form = `${octet}(\\.${octet}){3}`;
const ipv4 = (what: string) => text(new RegExp(`^${ipv4Form}$`), `${what}, like 10.10.10.1`);

/** Link-local ones would need a zone, and a group (ff00::/8) is nobody's own (RFC 4291). */
const ipv6Form = `(?![fF][eE][89abAB][0-9a-fA-F]:|[fF]{2}[0-9a-fA-F]{2}:)${z.regexes.ipv6.source.slice(1, -1)}`;
const ip = (what: string) => text(new RegExp(`^(${ipv4Form}|${ipv6Form})$`), `${what}, like 10.10.10.1, or fd00::1 (none that is link-local)`);

const labName = deviceName('the lab');

const injector = choice(injectors, 'how NICs are silenced: netem; lease, which needs nftables on netdev egress; or cable, which cuts one way of the cable, in virtual labs with cables: relayed').default('netem');

const sudoRule = 'true or false: does the user run commands through sudo and the gate, which `bondproof gate` places?';

/** What a login needs; user, sudo and key default to those of the whole lab. */
const login = {
  host: text(/^[A-Za-z0-9:][A-Za-z0-9.:-]{0,252}$/, 'a host name or an address that does not lead over the bond'),
  port: whole(1, 65_535, 'the port of sshd, 1 to 65535').default(22),
  user: text(/^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/, 'a user who may configure the device').optional(),
  sudo: z.boolean({ error: sudoRule }).describe(sudoRule).optional(),
  keyFile: text(/^(~\/|\/)[^\u0000-\u001f\u007f-\u009f]{1,4095}$/, 'the path of a private key, from / or ~/').optional(),
  hostKey: text(/^SHA256:[A-Za-z0-9+/]{43}$/, 'the fingerprint of the host key: SHA256: and 43 characters'),
} as const;

const secretFile = (whose: string) => text(/^(~\/|\/)[^\u0000-\u001f\u007f-\u009f]{1,4095}$/, `the path of a file that holds ${whose}, from / or ~/`);

const snmpVersions = ['v3', 'v2c'] as const;

const snmp = map({
  version: choice(snmpVersions, 'v3 (with authentication and privacy), or v2c, whose community everybody on the way can read').default('v3'),
  host: login.host,
  port: whole(1, 65_535, 'the UDP port of the agent, 1 to 65535').default(161),
  user: text(/^[!-~]{1,32}$/, 'the SNMPv3 user, who needs to read only: 1 to 32 letters, digits or signs').optional(),
  auth: map({
    protocol: choice(snmpAuths, `how messages of the SNMPv3 user are signed: ${snmpAuths.join(', ')}`),
    keyFile: secretFile('the pass phrase of authentication'),
  }).optional(),
  privacy: map({
    protocol: choice(snmpPrivacies, `how messages of the SNMPv3 user are encrypted: ${snmpPrivacies.join(', ')}`),
    keyFile: secretFile('the pass phrase of privacy'),
  }).optional(),
  communityFile: secretFile('the community of SNMPv2c').optional(),
});

const victimClass = choice(faultClasses, 'which of its peers the victim loses with its first slave: partial (some), none or isolated (all)').default('partial');

export const tokenCoefficient = whole(tokenCoefficientRange.least, tokenCoefficientRange.most,
  `corosync's token_coefficient, ${tokenCoefficientRange.least} to ${tokenCoefficientRange.most} ms: what each node beyond two adds to the token's time-out; new clusters of Proxmox VE have 125, older ones 650`);

export const secondLink = choice(secondLinks, 'a second link of corosync: own-nic (over a NIC and a network of its own), same-bond (with a second address on the bond) or own-nic-first (as own-nic, which is link 0 and the bond link 1); without it there is one link');

export const linkMode = choice(linkModes, "by which of its links corosync sends: passive (the first that is up), active (all) or rr (each in turn); without it passive");

export const qdevice = choice(waysToQDevice, "a QDevice of the cluster, whose host is the switch: the victim goes on being heard there (reached) or not (unreached) when its first slave falls silent; without it there is none");

export const addressOn = choice(addressOns, "what has corosync's address: bond (the bond itself), bridge (vmbr0, whose port the bond is) or vlan (bond0.51); without it the bond");

export const ipVersion = choice(ipVersions, "corosync's addresses: ipv4, or ipv6 (of a unique local network); without it ipv4");

const engineWords = 'what the lab’s switch is and what speaks LACP there: linux (bridge and bonding), openvswitch, or teamd (on a Linux bridge)';
const engine = choice(lacpEngines, engineWords).default('linux');
const configuredEngine = choice(switchEngines, `${engineWords}; cumulus is linux, configured by ifupdown2 as Cumulus Linux is`).default('linux');

export const virtualSchema = map({
  name: labName,
  world: z.literal('virtual').describe('machines that bondproof brings up itself'),
  nodes: whole(2, 8, 'how many nodes, 2 to 8').default(3),
  victim: text(/^pve[1-8]$/, 'the node whose NIC is silenced: pve1 to pve8, as many as there are nodes').default('pve1'),
  class: victimClass,
  switch: configuredEngine,
  tokenCoefficientMs: tokenCoefficient.optional(),
  secondLink: secondLink.optional(),
  linkMode: linkMode.optional(),
  qdevice: qdevice.optional(),
  addressOn: addressOn.optional(),
  ipVersion: ipVersion.optional(),
  injector,
  kernel: choice(['debian', 'own'], 'the kernel of the machines: debian (the packaged one) or own (made by `bondproof kernel build`; it can hold faults by injector lease)').default('debian'),
  cables: choice(['direct', 'relayed'], 'how frames go between NICs and ports: direct (from machine to machine) or relayed (through bondproof, which costs processor time, and can cut one way of a cable: injector cable)').default('direct'),
  memoryMb: map({
    node: whole(96, 4096, 'memory of a node in MB, 96 to 4096').default(320),
    switch: whole(64, 4096, 'memory of the switch in MB, 64 to 4096').default(128),
  }).prefault({}).describe('memory of the machines'),
});

export const timewarpSchema = map({
  name: labName,
  world: z.literal('timewarp').describe('nodes on one kernel, made by `bondproof kernel build`, whose time jumps over what is idle'),
  nodes: whole(2, 32, 'how many nodes, 2 to 32').default(3),
  victim: text(/^pve([1-9]|[12][0-9]|3[0-2])$/, 'the node whose NIC is silenced: pve1 to pve32, as many as there are nodes').default('pve1'),
  class: victimClass,
  switch: engine,
  tokenCoefficientMs: tokenCoefficient.optional(),
  secondLink: secondLink.optional(),
  linkMode: linkMode.optional(),
  qdevice: qdevice.optional(),
  addressOn: addressOn.optional(),
  ipVersion: ipVersion.optional(),
  injector,
});

/** It becomes a word of a command line. */
const portName = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/;

export const passivePorts = ['plain', 'static', 'lacp-slow', 'lacp-fast'] as const;

const allowed = 'what you answer for on a managed switch: unproven (lines that met no real device are sent), no-dead-man (it is changed though nothing there takes a change back by itself)';

export const sshSchema = map({
  name: labName,
  world: z.literal('ssh').describe('machines that are there and reached over ssh'),
  cluster: text(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, "the cluster's name, as cluster_name in /etc/pve/corosync.conf"),
  fencing: z.boolean({ error: 'true or false: may the nodes of this lab be reset by their watchdogs?' }).describe('true or false: may the nodes of this lab be reset by their watchdogs?').default(false),
  victim: deviceName('the node whose NIC is silenced'),
  injector,
  user: login.user.unwrap().default('root'),
  sudo: login.sudo.unwrap().default(false),
  keyFile: login.keyFile,
  nodes: list(
    map({
      name: deviceName('a node, as in corosync.conf'),
      id: whole(1, 2 ** 31 - 1, "corosync's nodeid, from 1"),
      ...login,
      address: ip("the node's address on the bond"),
      addressOn: nicName('the interface that has this address, where that is not the bond itself, like vmbr0').optional(),
      bond: nicName("the bond's name"),
      slaves: list(
        map({
          nic: nicName('the name of a NIC in the bond'),
          port: text(portName, "the switch's port that the NIC is wired to, in quotes if it is a number"),
        }),
        2, 2, "the bond's two NICs, in order of enslavement, each with its port",
      ),
      aggregate: text(portName, "the aggregate on a managed switch that the node's ports are in, or would be, by the switch's name for it, like Port-Channel11").optional(),
      vlan: whole(1, 4094, "the VLAN on a managed switch that the node's ports are untagged members of, 1 to 4094; without it theirs is left alone").optional(),
    }),
    2, 32, 'a list of 2 to 32 nodes',
  ),
  switch: map({
    name: deviceName('the switch'),
    dialect: text(/^[a-z0-9][a-z0-9-]{0,31}$/, 'the kind of switch: linux, say, or passive, to which nobody logs in'),
    ports: choice(passivePorts, 'what the ports are, of a passive switch, for bondproof changes none, and of one that is changed without a dead man: plain, static, lacp-slow or lacp-fast').optional(),
    allow: list(choice(allowances, allowed), 1, allowances.length, allowed).optional(),
    address: ipv4("the switch's IPv4 address in the network of the bonds, which ARP monitors ask").optional(),
    ...login,
    host: login.host.optional(),
    hostKey: login.hostKey.optional(),
    snmp: snmp.optional(),
  }),
});

export type VirtualForm = z.infer<typeof virtualSchema>;
export type TimewarpForm = z.infer<typeof timewarpSchema>;
export type SshForm = z.infer<typeof sshSchema>;

/** The JSON Schema of lab files, for editors: the text of labs/lab.schema.json. */
export const labSchemaText = (): string => {
  const schema = z.toJSONSchema(z.discriminatedUnion('world', [virtualSchema, timewarpSchema, sshSchema]), { io: 'input' });
  return `${JSON.stringify({ title: 'A lab of bondproof', ...schema }, null, 2)}\n`;
};

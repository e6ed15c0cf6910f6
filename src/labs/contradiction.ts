// What no schema sees: values that are well formed and do not fit each other. Looks only at what has the right kind; the schema tells the rest.

import { isIP } from 'node:net';

import { plainAddress } from '../model/address.ts';
import { passive } from '../model/lab.ts';
import { nearest, type Mistake } from './mistake.ts';
import { qdeviceWrong } from './qdevice.ts';
import { places, shown, valueAt, type Place } from './value.ts';
import type { YamlText } from './yaml-text.ts';

interface KnownDialects { readonly dialects: readonly string[]; readonly managed?: readonly string[] }

export const virtualContradictions = (yaml: YamlText, nodesAtMost: number): readonly Mistake[] => {
  const nodes = valueAt(yaml.data, ['nodes']) ?? 3;
  if (typeof nodes !== 'number' || !(nodes >= 2 && nodes <= nodesAtMost)) return [];
  const names = Array.from({ length: Math.floor(nodes) }, (_, at) => `pve${at + 1}`);
  return [...strangeVictim(yaml, names), ...impossibleClass(yaml, nodes), ...impossibleQdevice(yaml, nodes)];
};

/** `todo`: what to do about a value that is wrong or missing at a path. */
export const sshContradictions = (yaml: YamlText, known: KnownDialects, todo: (data: unknown, path: readonly string[]) => string | undefined): readonly Mistake[] => {
  const { data } = yaml;
  const names = places(data, ['nodes', '*', 'name']);
  return [
    ...repeated([...names, ...places(data, ['switch', 'name'])], 'name', yaml),
    ...repeated(places(data, ['nodes', '*', 'id']), 'id', yaml),
    ...repeated(addressesIn(data), 'address', yaml),
    ...otherVersion(yaml),
    ...repeated([...places(data, ['nodes', '*', 'host']), ...places(data, ['switch', 'host'])].map((place) => withPort(place, yaml)), 'host', yaml),
    ...repeated(places(data, ['nodes', '*', 'slaves', '*', 'port']), 'port', yaml),
    ...places(data, ['nodes', '*']).flatMap(({ path }) => repeated(places(data, ['slaves', '*', 'nic'], path), 'nic', yaml)),
    ...strangeVictim(yaml, [...new Set(names.map(({ value }) => value).filter((name) => typeof name === 'string'))]),
    ...strangeDialect(yaml, known),
    ...strangeSwitch(yaml, known.managed ?? [], todo),
    ...strangeSnmp(yaml),
    ...strangeSudo(yaml),
  ];
};

/** Every place whose value an earlier one has. */
const repeated = (all: readonly Place[], what: string, yaml: YamlText): readonly Mistake[] => {
  const first = new Map<unknown, Place>();
  return all.flatMap(({ path, value }): readonly Mistake[] => {
    const earlier = typeof value === 'object' ? undefined : first.get(value);
    if (earlier === undefined) {
      first.set(value, { path, value });
      return [];
    }
    return [{ offset: yaml.offsetOf(path), found: `${what} is ${shown(value)}, as on line ${yaml.position(yaml.offsetOf(earlier.path)).line}`, right: `${what === 'id' || what === 'address' ? 'an' : 'a'} ${what} of its own` }];
  });
};

const addressesIn = (data: unknown): readonly Place[] =>
  places(data, ['nodes', '*', 'address']).map(({ path, value }) => ({ path, value: typeof value === 'string' ? plainAddress(value) : value }));

/** A link of corosync has addresses of one version (corosync.conf(5), ip_version). */
const otherVersion = (yaml: YamlText): readonly Mistake[] => {
  const [first, ...others] = addressesIn(yaml.data).flatMap(({ path, value }) => (typeof value === 'string' && isIP(value) !== 0 ? [{ path, version: isIP(value) }] : []));
  return others.filter(({ version }) => version !== first!.version).map(({ path, version }) => (
    { offset: yaml.offsetOf(path), found: `address is of IPv${version}, that on line ${yaml.position(yaml.offsetOf(first!.path)).line} of IPv${first!.version}`, right: 'addresses of one version for all nodes' }));
};

/** Devices behind one address differ by their ports. */
const withPort = ({ path, value }: Place, yaml: YamlText): Place => {
  const port = valueAt(yaml.data, [...path.slice(0, -1), 'port']) ?? 22;
  return { path, value: typeof value === 'string' && typeof port === 'number' && port !== 22 ? `${value}:${port}` : value };
};

const strangeVictim = (yaml: YamlText, nodes: readonly string[]): readonly Mistake[] => {
  const victim = valueAt(yaml.data, ['victim']);
  if (typeof victim !== 'string' || nodes.length === 0 || nodes.includes(victim)) return [];
  return [{ offset: yaml.offsetOf(['victim']), found: `victim is ${shown(victim)}, which is none of the nodes`, right: nodes.length === 1 ? nodes[0] : `one of ${nodes.join(', ')}` }];
};

/** A victim with one peer reaches all of them or none. */
const impossibleClass = (yaml: YamlText, nodes: number): readonly Mistake[] => {
  const given = valueAt(yaml.data, ['class']);
  if (nodes >= 3 || (given ?? 'partial') !== 'partial') return [];
  return [{ offset: yaml.offsetOf([given === undefined ? 'nodes' : 'class']), found: `class is "partial"${given === undefined ? ' (the default)' : ''} with ${nodes} nodes`, right: '3 nodes or more, or class none or isolated' }];
};

const impossibleQdevice = (yaml: YamlText, nodes: number): readonly Mistake[] => {
  const [qdevice, ipVersion, addressOn, engine] = ['qdevice', 'ipVersion', 'addressOn', 'switch'].map((key) => valueAt(yaml.data, [key]));
  const wrong = qdevice === undefined ? null : qdeviceWrong({ nodes, ipVersion, addressOn, engine });
  return wrong === null ? [] : [{ offset: yaml.offsetOf(['qdevice']), ...wrong }];
};

const strangeDialect = (yaml: YamlText, { dialects, managed = [] }: KnownDialects): readonly Mistake[] => {
  const dialect = valueAt(yaml.data, ['switch', 'dialect']);
  const right = [...dialects, ...managed, passive];
  if (typeof dialect !== 'string' || right.includes(dialect)) return [];
  const offset = yaml.offsetOf(['switch', 'dialect']);
  return [{ offset, found: `dialect is ${shown(dialect)}, which bondproof does not speak`, right: nearest(dialect, right) ?? `one of ${right.join(', ')}` }];
};

const missingRight: Readonly<Record<string, string>> = {
  ports: 'what the ports of the switch are: plain, static, lacp-slow or lacp-fast',
  host: 'a host name or an address that does not lead over the bond, or dialect passive',
  hostKey: 'the fingerprint of the host key: SHA256: and 43 characters',
};

const rightWithout = (key: string, dialect: string): string =>
  (key === 'allow' ? 'none: it is for managed switches' : dialect === passive ? 'none: nobody logs in to it' : 'none: the switch is asked');

/** To a passive switch nobody logs in, and what its ports are nobody else says; to any other one must be able to. */
const strangeSwitch = (yaml: YamlText, managed: readonly string[], todo: (data: unknown, path: readonly string[]) => string | undefined): readonly Mistake[] => {
  const form = valueAt(yaml.data, ['switch']);
  if (typeof form !== 'object' || form === null || !('dialect' in form) || typeof form.dialect !== 'string') return [];
  const offset = yaml.offsetOf(['switch']);
  const { dialect } = form;
  const withoutDeadMan = places(yaml.data, ['switch', 'allow', '*']).some(({ value }) => value === 'no-dead-man');
  // Who changes a switch that cannot take it back has to know what was there: without a dead man the lab file says that.
  const [wanted, unwanted] = dialect === passive ? [['ports'], ['host', 'hostKey', 'allow']]
    : !managed.includes(dialect) ? [['host', 'hostKey'], ['ports', 'allow']]
      : withoutDeadMan ? [['host', 'hostKey', 'ports'], []] : [['host', 'hostKey'], ['ports']];
  return [
    ...wanted.filter((key) => !(key in form)).map((key) => ({ offset, found: `${key} is missing`, right: missingRight[key], todo: todo(yaml.data, ['switch', key]) })),
    ...unwanted.filter((key) => key in form).map((key) => ({ offset: yaml.offsetOf(['switch', key]), found: `${key} of a switch of dialect ${shown(dialect)}`, right: rightWithout(key, dialect) })),
  ];
};

const snmpRight: Readonly<Record<string, string>> = {
  user: 'the SNMPv3 user', auth: 'the protocol and the keyFile of authentication', privacy: 'the protocol and the keyFile of privacy',
  communityFile: 'the path of a file that holds the community of SNMPv2c, from / or ~/',
};

/** Each version has its own way to know who asks, and none is taken for the other by what is missing. */
const strangeSnmp = (yaml: YamlText): readonly Mistake[] => {
  const form = valueAt(yaml.data, ['switch', 'snmp']);
  if (typeof form !== 'object' || form === null || Array.isArray(form)) return [];
  const version = 'version' in form ? form.version : 'v3';
  const [v3, v2c] = [['user', 'auth', 'privacy'], ['communityFile']];
  if (version !== 'v3' && version !== 'v2c') return [];
  const [wanted, unwanted] = version === 'v3' ? [v3, v2c] : [v2c, v3];
  return [
    ...wanted.filter((key) => !(key in form)).map((key) => ({ offset: yaml.offsetOf(['switch', 'snmp']), found: `${key} is missing`, right: snmpRight[key] })),
    ...unwanted.filter((key) => key in form).map((key) => ({ offset: yaml.offsetOf(['switch', 'snmp', key]), found: `${key} with SNMP${version}`, right: version === 'v3' ? 'none, or `version: v2c`' : 'none, or `version: v3`' })),
  ];
};

/** For root the gate is no limit; and sudoers takes ALL and names in capitals for more than a user (sudoers(5), Aliases). */
const strangeSudo = (yaml: YamlText): readonly Mistake[] => {
  const { data } = yaml;
  const mistakes = [...places(data, ['nodes', '*']), ...places(data, ['switch'])].flatMap(({ path }): readonly Mistake[] => {
    const where = (key: string) => [[...path, key], [key]].find((each) => valueAt(data, each) !== undefined);
    const [sudo, user] = [where('sudo'), where('user')];
    const name = user === undefined ? 'root' : valueAt(data, user);
    if (sudo === undefined || valueAt(data, sudo) !== true || typeof name !== 'string' || (name !== 'root' && /^[a-z_][a-z0-9_-]*$/.test(name))) return [];
    return [{ offset: yaml.offsetOf(user ?? sudo), found: `sudo is true for user ${shown(name)}`, right: 'a plain user, of lower-case letters, digits, _ and -, like bondproof' }];
  });
  return mistakes.filter(({ offset }, at) => mistakes.findIndex((each) => each.offset === offset) === at);
};

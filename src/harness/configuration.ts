// Gives the bonds of all nodes and the switch's ports the form that a scenario wants.

import { hooksOf, neighbourHooks, targetsOf, type Neighbour } from '../model/bond-hooks.ts';
import type { Action } from '../model/command.ts';
import { bondStanza, whileIfupdownWorks, withBond } from '../model/interfaces.ts';
import { findLink, type Lab, type Node } from '../model/lab.ts';
import type { BondConfig, Scenario } from '../model/scenario.ts';
import type { Dialect, PortGroup } from '../switches/dialect.ts';
import { dialects } from '../switches/index.ts';
import { all, type Bench, TrialBroken } from './bench.ts';
import { ownMac, type Survey } from './survey.ts';

/** Null: a passive switch, which trials do not ask or tell anything, or a managed one, of which they see no more (trial-form.ts). */
export const dialectOf = ({ switch: { dialect } }: Lab): Dialect | null => dialects.find(({ name }) => name === dialect) ?? null;

/** A node's ports belong together, in the order of its slaves. */
export const portGroups = (lab: Lab): readonly PortGroup[] =>
  lab.nodes.map((node) => ({ name: node.name, ports: node.slaves.map((nic) => findLink(lab, node.name, nic).port) }));

/** Text of a node's /etc/network/interfaces, put in place atomically and made real. */
export const writeInterfaces = (node: Node, text: string): Action => ({
  device: node.name,
  command: { argv: ['sh', '-euc', writeScript, 'bondproof-interfaces', node.bond, ...node.addressOn === undefined ? [] : [node.addressOn]], stdin: text },
});

// The file keeps its owner and mode: it may hold what not everybody should read. The mode of a bond can only change
// while it has no slaves (drivers/net/bonding/bond_options.c, BOND_OPTFLAG_NOSLAVES), so the bond goes and is made anew:
// also when the file is right and the bond is not there, for we may have been stopped between the two. Nothing is taken away while ifupdown2 is at work.
// What lies above the bond is gone with it, or has lost its port. ifupdown2 sees to that by itself, but tells no error of it (ifupdown/scheduler.py,
// run_upperifaces): what has the address it is told by name.
const writeScript = `
${whileIfupdownWorks}
file=/etc/network/interfaces; [ ! -e "$file" ] || cp -p "$file" "$file.bondproof"; cat > "$file.bondproof"
there=yes; for name; do [ -e "/sys/class/net/$name" ] || there=; done
if [ "$there" ] && cmp -s "$file" "$file.bondproof"; then rm "$file.bondproof"; exit 0; fi
if [ -e "/sys/class/net/$1" ]; then ip link del "$1"; fi
mv "$file.bondproof" "$file"; sync "$file"
ifup "$@"
`;

/** The undo of everything that `configure` may do on this lab. */
export const configurationUndo = (lab: Lab, surveys: ReadonlyMap<string, Survey>, ports: readonly Action[]): readonly Action[] => [
  ...ports,
  ...lab.nodes.map((node) => writeInterfaces(node, surveys.get(node.name)?.interfaces ?? '')),
];

/** Also of who waits until ifupdown2 is not at work (60 s). */
const changeLimit = { timeoutMs: 90_000 } as const;

/** What the switch has now, as the commands that bring it back. */
export const portsAsTheyAre = async (bench: Pick<Bench, 'devices' | 'lab'>): Promise<readonly Action[]> => {
  const dialect = dialectOf(bench.lab);
  if (dialect === null) return [];
  const groups = portGroups(bench.lab);
  const { name } = bench.lab.switch;
  return onSwitch(bench.lab, dialect.asFound === undefined ? dialect.configure(groups, await bench.devices.ask(name, dialect.current(groups))) : await bench.devices.ask(name, dialect.asFound(groups), changeLimit));
};

export const configure = async (bench: Bench, surveys: ReadonlyMap<string, Survey>): Promise<void> => {
  const { lab, scenario } = bench;
  // What a passive switch has is what its lab file says, and scenarios for other ports are not run on it.
  const ports = onSwitch(lab, dialectOf(lab)?.configure(portGroups(lab), scenario.ports) ?? []);
  const portsDone = (async () => {
    for (const action of ports) await recorded(bench, action);
  })();
  // With slow ones each end's timer begins with what it hears of the other, whichever was there first.
  const ahead = scenario.bond.lacpRate === 'fast' ? bench.open.switchAheadMs ?? 0 : 0;
  if (ahead > 0) await bench.open.clock.sleep(ahead, bench.signal);
  await all([portsDone, ...lab.nodes.map(async (node) => recorded(bench, bondAction(lab, node, surveys, scenario)))]);
};

const bondAction = (lab: Lab, node: Node, surveys: ReadonlyMap<string, Survey>, { bond, neighbours }: Scenario): Action => {
  const peers = peersOf(lab, node);
  const hooks = [...hooksOf(node.bond, bond, arpTargetsOf(lab, node, bond)), ...neighbours === undefined ? [] : neighbourHooks(node.bond, peers.map((peer) => neighbourOf(peer, surveys)))];
  return writeInterfaces(node, withBond(surveys.get(node.name)?.interfaces ?? '', node.bond, bond, hooks));
};

/** Empty where the bond asks nobody. */
export const arpTargetsOf = (lab: Lab, node: Node, { options }: BondConfig): readonly string[] =>
  options?.arpMonitor === undefined ? [] : targetsOf(options.arpMonitor, { peers: peersOf(lab, node).map(({ address }) => address), switchAddress: lab.switch.address });

export const peersOf = ({ nodes }: Lab, node: Node): readonly Node[] => nodes.filter((each) => each !== node);

/** The bond takes its first slave's MAC (drivers/net/bonding/bond_main.c, bond_enslave). */
const neighbourOf = ({ name, address, slaves }: Node, surveys: ReadonlyMap<string, Survey>): Neighbour => {
  const first = surveys.get(name)?.links.find(({ ifname }) => ifname === slaves[0]);
  const mac = first === undefined ? null : ownMac(first);
  if (mac === null) throw new TrialBroken(`nobody knows the MAC that the bond of ${name} will have`);
  return { address, mac };
};

const onSwitch = (lab: Lab, commands: readonly Action['command'][]): readonly Action[] => commands.map((command) => ({ device: lab.switch.name, command }));

/** Runs an action and leaves it in the record with the time it took. */
export const recorded = async (bench: Bench, action: Action): Promise<void> => {
  const sinceUs = bench.record.nowUs();
  const { exitCode, stderr } = await bench.devices.act(action, changeLimit);
  bench.record.note({ type: 'action-done', device: action.device, argv: action.command.argv, exitCode, stderr }, sinceUs);
};

/** Whether a node's interfaces file has the bond that the lab file describes, and the address is where that says; null, or what is wrong. */
export const bondObstacle = (node: Node, { interfaces, node: { addressOn } }: Survey): string | null => {
  const stanza = bondStanza(interfaces, node.bond);
  if (stanza === null) return `/etc/network/interfaces has no stanza of ${node.bond}`;
  if (stanza.slaves.join(' ') !== node.slaves.join(' ')) return `${node.bond} has slaves ${stanza.slaves.join(' ') || 'none'}, the lab file says ${node.slaves.join(' ')}`;
  const wanted = node.addressOn ?? node.bond;
  if (addressOn !== undefined && addressOn.device !== wanted) return `${node.address} is on ${addressOn.device}, the lab file has it on ${wanted}`;
  return null;
};

// The gate lets through every command that bondproof sends, and nothing that differs from one.

import { isDeepStrictEqual } from 'node:util';

import ava, { type ExecutionContext } from 'ava';
import fc from 'fast-check';

import { fenced } from '../../src/agent/reservation.ts';
import { nicState } from '../../src/faults/netem.ts';
import { gateOf } from '../../src/gate/gate.ts';
import { configurationUndo, portGroups, writeInterfaces } from '../../src/harness/configuration.ts';
import { armUndo, byDevice } from '../../src/harness/guard.ts';
import { haUndo } from '../../src/harness/ha.ts';
import type { Survey } from '../../src/harness/survey.ts';
import { hooksOf, neighbourHooks } from '../../src/model/bond-hooks.ts';
import { withBond } from '../../src/model/interfaces.ts';
import { deviceIds, type DeviceId } from '../../src/model/lab.ts';
import { formOf, type BondConfig, type HaState, type PortsConfig, type Scenario } from '../../src/model/scenario.ts';
import { scenarios } from '../../src/scenarios/index.ts';
import { dialects } from '../../src/switches/index.ts';
import { deadline } from '../../src/transport/quote.ts';
import type { Accident } from '../simulated/effects.ts';
import { nullScenario, shortScenario, simulatedLab, SimulatedWorld } from '../simulated/world.ts';
import { startJudges, type Asked, type Refusal } from './judge.ts';

const judges = startJudges();
ava.after.always(async () => { await judges[Symbol.asyncDispose](); });

// Simulated worlds keep a processor busy.
const test = ava.serial;

const lab = simulatedLab;
const pve1 = lab.nodes[0]!;
const interfaces = (n: number): string => new SimulatedWorld().machine(`pve${n}`).interfaces;

const judgeOf = (device: DeviceId, present = device === lab.switch.name ? '' : interfaces(Number(device.at(-1)))): Refusal => judges.gate(gateOf(lab, device).text, present);

interface Run { readonly scenario: Scenario; readonly accidents?: readonly Accident[]; readonly scan?: boolean }

/** Every command that a trial sent to each device, and what undid it afterwards. */
const commandsOf = async ({ scenario, accidents = [], scan = false }: Run): Promise<ReadonlyMap<DeviceId, readonly Asked[]>> => {
  const world = new SimulatedWorld(accidents);
  await world.run(scenario);
  await world.recover({ scan });
  return new Map(world.machines.map(({ name, asked }) => [name, asked]));
};

/** The command without the run's number in front of it. */
const unfenced = (each: Asked): Asked => each.argv[3] === 'bondproof-fenced' ? { ...each, argv: each.argv.slice(5) } : each;

const kindOf = (each: Asked): string => {
  const own = unfenced(each).argv;
  return own.find((word) => /^bondproof-[a-z]+$/.test(word)) ?? own.slice(0, 3).join(' ');
};

const runs: readonly (readonly [what: string, run: Run])[] = [
  ['a trial', { scenario: shortScenario }],
  ['its control', { scenario: nullScenario }],
  ['a pulled cable', { scenario: { ...shortScenario, fault: 'carrier-down', detector: 'carrier' } }],
  ['a trial whose program dies, and recovery by the journal', { scenario: shortScenario, accidents: [{ at: 170, moment: 'after', misfortune: 'dies' }] }],
  ['a trial whose program dies, and recovery by what lies there', { scenario: shortScenario, accidents: [{ at: 170, moment: 'after', misfortune: 'dies' }], scan: true }],
  ...scenarios.map((scenario) => [scenario.name, { scenario: { ...scenario, ha: 'idle' } }] as const),
];

for (const [what, run] of runs) {
  test(`lets through all of ${what}`, async (t) => {
    for (const [device, commands] of await commandsOf(run)) {
      const refusal = judgeOf(device);
      t.true(commands.length > 5, `${device} was asked ${commands.length} times`);
      for (const asked of commands) t.is(await refusal(asked), null, `${device}: ${kindOf(asked)}`);
      for (const asked of commands) t.is(await refusal({ ...asked, argv: [...deadline(90_000), ...asked.argv] }), null);
    }
  });
}

test('those were commands of every kind', async (t) => {
  const kinds = new Set<string>();
  for (const [, run] of runs.slice(0, 5)) for (const commands of (await commandsOf(run)).values()) for (const asked of commands) kinds.add(kindOf(asked));
  t.deepEqual([...kinds].sort(), [
    'bondproof-arm', 'bondproof-disarm', 'bondproof-hold', 'bondproof-interfaces', 'bondproof-reservation', 'bondproof-state', 'bondproof-survey', 'bondproof-traces', 'bondproof-undo',
    'ip -d -j', 'ip -s -j', 'ip link set', 'python3 -I -S', 'sh -c corosync-quorumtool -si; [ $? -le 2 ]', 'sh -eu -c', 'tc qdisc change', 'tc qdisc del', 'uname -r',
  ]);
});

/** As Proxmox VE writes it, with hooks of its administrator. */
const present = `auto lo
iface lo inet loopback

iface eno1 inet manual

auto bond0
iface bond0 inet static
\taddress 10.10.10.1/24
\tbond-slaves eth1 eth2
\tbond-miimon 100
\tbond-mode active-backup
\tbond-primary eth1
\tpost-up echo 1 > /proc/sys/net/ipv4/ip_forward
# a comment

auto vmbr0
iface vmbr0 inet static
\taddress 192.0.2.11/24
\tgateway 192.0.2.1
\tbridge-ports eno9
\tbridge-stp off

source /etc/network/interfaces.d/*
`;

const asked = ({ command }: { readonly command: { readonly argv: readonly string[]; readonly stdin?: string } }): Asked => ({ argv: command.argv, input: command.stdin ?? '' });

const bonds: readonly BondConfig[] = [...new Map(scenarios.map(({ bond }) => [JSON.stringify(bond), bond])).values()];
const formed = (from: string, bond: BondConfig): string => withBond(from, 'bond0', bond, hooksOf('bond0', bond, ['10.10.10.2', '10.10.10.3']));

test('lets bonds be set up as any scenario wants, and back', async (t) => {
  const neighbours = withBond(present, 'bond0', bonds[0]!, neighbourHooks('bond0', [{ address: '10.10.10.2', mac: '02:62:70:00:01:20' }]));
  for (const from of [present, neighbours, ...bonds.map((bond) => formed(present, bond))]) {
    const refusal = judgeOf('pve1', from);
    for (const to of [present, neighbours, ...bonds.map((bond) => formed(from, bond))]) t.is(await refusal(asked(writeInterfaces(pve1, to))), null, to);
  }
});

const elsewhere: readonly (readonly [what: string, from: string, to: string])[] = [
  ['what a backslash joins to a hook', '\tpost-up echo 1 \\\n\tbond-mode 1\n', '\tpost-up echo 1 \\\n\tbond-mode 2\n'],
  ['an option that a backslash would join to a hook', '\tpost-up echo 1 \\\n\n', '\tpost-up echo 1 \\\n\tbond-mode 2\n'],
  ['the options of another bond', '\niface bond1 inet manual\n\tbond-mode 1\n', '\niface bond1 inet manual\n\tbond-mode 2\n'],
  ['options where no interface is', 'auto bond1\n', 'auto bond1\n\tbond-mode 2\n'],
  ['a hook that only begins as one of bondproof’s', '\tbond-mode 1\n', '\tbond-mode 1\n\tpre-up ip link set bond0 type bond coupled_control off; id\n'],
  ['a hook of bondproof’s for another bond', '\tbond-mode 1\n', '\tbond-mode 1\n\tpre-up ip link set bond1 type bond coupled_control off\n'],
  ['a hook of bondproof’s where another interface is', '\niface bond1 inet manual\n', '\niface bond1 inet manual\n\tpre-up ip link set bond0 type bond coupled_control off\n'],
  ['an option of the bond that bondproof never sets', '\tbond-slaves eth1 eth2\n', '\tbond-slaves eth1 eth9\n'],
];
for (const [what, from, to] of elsewhere) {
  test(`refuses interfaces that differ in ${what}`, async (t) => {
    const text = `auto bond0\niface bond0 inet static\n\tbond-mode 1\n${from}`;
    const refusal = judgeOf('pve1', text);
    t.is(await refusal(asked(writeInterfaces(pve1, text.replace('bond-mode 1', 'bond-mode 4')))), null);
    t.regex((await refusal(asked(writeInterfaces(pve1, text.replace(from, to)))))!, /would differ in more than options of bond0$/);
  });
}

test('lets the undo of a whole configuration be armed, with the stand-in in any mode', async (t) => {
  for (const haMode of [null, 'idle', 'armed', 'rehearse'] satisfies readonly (HaState | null)[]) {
    const surveys = new Map(lab.nodes.map(({ name }) => [name, { node: { ha: haMode === null ? 'none' : 'stand-in' }, haMode, interfaces: present } as Survey]));
    const undo = byDevice([...haUndo(surveys), ...configurationUndo(lab, surveys, [])]).get('pve1')!;
    const refusal = judgeOf('pve1', withBond(present, 'bond0', bonds[0]!));
    t.is(await refusal(asked({ command: armUndo('2026-01-01-configuration', undo, 20 * 60_000) })), null);
    for (const action of undo) t.is(await refusal(asked(action)), null);
  }
});

for (const dialect of dialects) {
  test(`of a switch of dialect ${dialect.name} lets questions and forms through`, async (t) => {
    const there = { ...lab, switch: { ...lab.switch, dialect: dialect.name } };
    const refusal = judges.gate(gateOf(there, lab.switch.name).text, '');
    const groups = portGroups(there);
    const forms: readonly PortsConfig[] = [{ kind: 'plain' }, { kind: 'static' }, { kind: 'lacp', rate: 'slow' }, { kind: 'lacp', rate: 'fast' }, { kind: 'lacp', rate: 'fast', switches: 2 }];
    const commands = forms.filter((ports) => dialect.forms?.includes(formOf(ports)) !== false).flatMap((ports) => dialect.configure(groups, ports));
    t.true(commands.length > 0);
    for (const command of [dialect.current(groups).command, ...dialect.asFound === undefined ? [] : [dialect.asFound(groups).command], dialect.version.command, ...commands]) t.is(await refusal(asked({ command })), null);
    // Such a file has lines that root runs: what is no form of ours does not come in by it.
    if (dialect.asFound !== undefined) t.regex((await refusal(asked({ command: { ...commands[0]!, stdin: `${commands[0]!.stdin}    post-up id\n` } })))!, /./);
  });
}

/** One command of each kind, for mutation. */
const examples = async (device: DeviceId): Promise<readonly Asked[]> => {
  const all = await Promise.all(runs.slice(0, 5).map(async ([, run]) => (await commandsOf(run)).get(device)!));
  return [...new Map(all.flat().map((each) => [kindOf(each), unfenced(each)])).values()];
};

/** Words that vary in a command that is right. */
const varying: Readonly<Record<string, readonly number[]>> = { 'bondproof-arm': [4, 5], 'bondproof-hold': [4, 6, 7], 'bondproof-disarm': [4], 'bondproof-undo': [4] };
const isVarying = (each: Asked, at: number): boolean => varying[kindOf(each)]?.includes(at) ?? false;

type Mutants = (example: Asked) => fc.Arbitrary<Asked | null> | null;

const refusesAll = async (t: ExecutionContext, device: DeviceId, mutants: Mutants, numRuns = 2000): Promise<void> => {
  const refusal = judgeOf(device);
  const found = (await examples(device)).flatMap((example) => mutants(example) ?? []);
  let tried = 0;
  await fc.assert(fc.asyncProperty(fc.oneof(...found), async (mutant) => {
    if (mutant === null) return;
    tried += 1;
    if (await refusal(mutant) === null) throw new Error(`let through: ${JSON.stringify(mutant)}`);
  }), { numRuns });
  t.true(tried > numRuns / 2, `only ${tried} of ${numRuns} mutants were any`);
};

const letters = fc.constantFrom(...Array.from('aZ09 \n\t;|&$`\\\'"%<>(){}[]*?#~=:,./-_\u0000é'));
const insertAt = (word: string, at: number, letter: string): string => word.slice(0, at) + letter + word.slice(at);

const spoilWord = (example: Asked): fc.Arbitrary<Asked | null> => fc.record({ at: fc.nat(), place: fc.nat(), letter: letters, how: fc.constantFrom('insert', 'replace', 'remove') }).map(({ at: n, place, letter, how }) => {
  const at = n % example.argv.length;
  const word = example.argv[at]!;
  const where = place % (word.length + 1);
  const spoiled = how === 'insert' ? insertAt(word, where, letter) : word.slice(0, where) + (how === 'remove' ? '' : letter) + word.slice(where + 1);
  if (spoiled === word || isVarying(example, at) && /^[a-z0-9-]+$/.test(spoiled)) return null;
  return { ...example, argv: example.argv.with(at, spoiled) };
});

const moreOrFewerWords = (example: Asked): fc.Arbitrary<Asked | null> => fc.oneof(
  fc.tuple(fc.nat(), fc.constantFrom('eth1', '', '-x', '--', 'x\ny', 'root', ...example.argv)).map(([at, word]) => ({ ...example, argv: example.argv.toSpliced(at % (example.argv.length + 1), 0, word) })),
  fc.nat().map((at) => ({ ...example, argv: example.argv.toSpliced(at % example.argv.length, 1) })),
  fc.constantFrom(['timeout', '-k', '1', '5', 'timeout', '-k', '1', '5'], ['timeout', '-s', 'KILL', '5'], ['timeout', '-k', '1', '0'], ['timeout', '-k', '1', '5\n'], ['env'], ['sudo'], ['sh', '-c'], ['--'])
    .map((front) => ({ ...example, argv: [...front, ...example.argv] })),
);

const otherNames = (example: Asked): fc.Arbitrary<Asked | null> => fc.tuple(fc.nat(), fc.constantFrom('eth9', 'eno9', 'bond1', 'lo', 'eth1.5', '../eth1', 'swp9', 'vmbr0', '/bin/sh', './sh', '/usr/bin/../bin/sh', '/proc/self/exe', '/tmp/set-mode')).map(([n, name]) => {
  const named = example.argv.flatMap((word, at) => /^(?:eth\d|bond\d|swp\d|po\d)$/.test(word) || at === 0 ? [at] : []);
  return { ...example, argv: example.argv.with(named[n % named.length]!, name) };
});

/** Where beats and orders of a running agent or holder begin; they are theirs to understand. So is all that a reservation hears. */
const headOf = ({ argv, input }: Asked): number => argv.at(-1) === 'bondproof-reservation' ? 0 : argv[0] === 'python3' || argv.includes('bondproof-hold') ? input.indexOf('\n') : input.length;

const spoilInput = (example: Asked): fc.Arbitrary<Asked | null> | null => headOf(example) === 0 ? null : fc.tuple(fc.nat(), fc.constantFrom(...Array.from(';|&$`\n\\\'"%<>(){}*?#~=é')), fc.boolean()).map(([n, letter, replace]) => {
  // A plan's `what` and `since` are words for people, and a newline in it would end it.
  const at = n % headOf(example);
  const told = /"what":"[^"]*","since":"[^"]*"/.exec(example.input);
  if (told && at > told.index && at < told.index + told[0].length || replace && example.input[at] === letter) return null;
  const input = example.input.slice(0, at) + letter + example.input.slice(replace ? at + 1 : at);
  return isSamePlan(input, example.input) ? null : { ...example, input };
});

/** JSON has several ways to write one text. */
const isSamePlan = (input: string, other: string): boolean => {
  const [plan, same] = [input, other].map((text) => {
    try {
      return JSON.parse(text.split('\n')[0]!) as unknown;
    } catch {
      return null;
    }
  });
  return plan !== null && isDeepStrictEqual(plan, same);
};

const hooks = fc.constantFrom('pre-up', 'up', 'post-up', 'pre-down', 'down', 'post-down').chain((hook) => fc.constantFrom(`\t${hook} sh /tmp/x\n`, `${hook} x\n`, `\t${hook}\\\n x\n`));
const lines = fc.oneof(hooks, fc.constantFrom(
  'source /tmp/x\n', 'source-directory /tmp\n', '% import os\n', '<%! import os %>\n', '${os.system("x")}\n', '## x\n', 'auto eth9\n', 'iface eth9 inet dhcp\n', '\tbond-mode 4 \\\n',
  '\tbond-mode ${x}\n', '\tbond-mode <%x%>\n', '\tbond-slaves eth9\n', '\taddress 10.0.0.9/24\n', '\tovs_extra x\n', 'rm -rf /; case $? in 0) ;; *) refused="$refused 9";; esac\n',
  'tc qdisc del dev eth9 root; case $? in 0|2) ;; *) refused="$refused 9";; esac\n', '\n', '# x\n', "'\n", '\\\n',
));

const addLine = ({ argv, input }: Asked): fc.Arbitrary<Asked | null> | null => !['bondproof-arm', 'bondproof-interfaces', 'configure'].some((name) => argv.includes(name)) ? null : fc.tuple(fc.nat(), lines).map(([n, line]) => {
  const starts = [0, ...Array.from(input.matchAll(/\n/g), ({ index }) => index + 1)];
  return { argv, input: insertAt(input, starts[n % starts.length]!, line) };
});

type Plan = Record<string, unknown> & { token: string; undo: string; parts: Record<string, string[][]> };

const planMutants: readonly ((plan: Plan) => void)[] = [
  (plan) => { plan.undo = ''; },
  (plan) => { plan.undo = plan.undo.replace('change', 'del'); },
  (plan) => { plan.undo = plan.undo.replaceAll('eth1', 'eth2'); },
  (plan) => { plan.undo = plan.undo.replace('refused=\n', 'refused=\nrm -rf /\n'); },
  (plan) => { plan.undo = plan.undo.split('\n').toSpliced(1, 1).join('\n'); },
  (plan) => { plan.undo += 'true\n'; },
  (plan) => { plan.token = 'other'; },
  (plan) => { plan.token = '../x'; },
  (plan) => { plan.parts['stage']!.push(['sh', '-c', 'id']); },
  (plan) => { plan.parts['stage'] = [['tc', 'qdisc', 'add', 'dev', 'eth9', 'root', 'handle', 'b0d:', 'netem', 'loss', '0%']]; },
  (plan) => { plan.parts['apply'] = [['tc', 'qdisc', 'change', 'dev', 'eth1', 'root', 'handle', 'b0d:', 'netem', 'loss', '100%', 'delay', '1s']]; },
  (plan) => { plan.parts['apply'] = [['lease', 'apply']]; },
  (plan) => { plan.parts['other'] = [['id']]; },
  (plan) => { plan['also'] = 1; },
  (plan) => { delete plan['since']; },
  (plan) => { plan['capMs'] = 1e9; },
  (plan) => { plan['leaseMs'] = '5000'; },
  (plan) => { plan['leaseMs'] = true; },
  (plan) => { plan['what'] = ['x']; },
  (plan) => { plan['what'] = 'x'.repeat(5000); },
];

for (const device of ['pve1', 'sw1']) {
  test(`refuses a wrong letter in any word (${device})`, async (t) => refusesAll(t, device, spoilWord));
  test(`refuses a word more or less, and any other way to call a command (${device})`, async (t) => refusesAll(t, device, moreOrFewerWords));
  test(`refuses other NICs, ports and programs (${device})`, async (t) => refusesAll(t, device, otherNames));
  test(`refuses a wrong letter of what is read first (${device})`, async (t) => refusesAll(t, device, spoilInput));
  test(`refuses a line more in undos, interfaces and ports (${device})`, async (t) => refusesAll(t, device, addLine));
}

test('refuses a plan that does more, undoes less, or undoes another thing', async (t) => {
  const refusal = judgeOf('pve1');
  const hold = (await examples('pve1')).find((each) => each.argv.includes('bondproof-hold'))!;
  const [line = ''] = hold.input.split('\n');
  t.is(await refusal({ ...hold, input: `${line}\n` }), null);
  t.not(await refusal({ ...hold, input: line }), null, 'it ends in the middle of the plan');
  for (const mutate of planMutants) {
    const plan = JSON.parse(line) as Plan;
    mutate(plan);
    t.not(await refusal({ ...hold, input: `${JSON.stringify(plan)}\n` }), null, mutate.toString());
  }
  for (const text of ['null', '[]', '1', '"x"', '{', '{}', `${line}${line}`]) t.not(await refusal({ ...hold, input: `${text}\n` }), null, text);
});

test('lets through a lease of the kernel’s on the lab’s own NICs, which needs no undo', async (t) => {
  const refusal = judgeOf('pve1');
  const hold = (await examples('pve1')).find((each) => each.argv.includes('bondproof-hold'))!;
  const plan = JSON.parse(hold.input.split('\n')[0]!) as Plan;
  const lease = (nic: string): Plan => ({ ...plan, undo: '', parts: { stage: [['lease', 'stage', nic]], apply: [['lease', 'apply', nic, '100%']] } });
  const byKernel: Asked = { argv: ['python3', '-I', '-S', '-u', '-c', hold.argv[5]!], input: '' };
  for (const nic of pve1.slaves) t.is(await refusal({ ...byKernel, input: `${JSON.stringify(lease(nic))}\n` }), null);
  t.not(await refusal({ ...byKernel, input: `${JSON.stringify(lease('eth9'))}\n` }), null);
  t.not(await refusal({ ...byKernel, input: `${JSON.stringify(plan)}\n` }), null, 'a fault that somebody has to undo, where nobody would');
});

test('lets through a command with the number of its run, and refuses any other words in front of it', async (t) => {
  const refusal = judgeOf('pve1');
  const own = asked({ command: fenced(7, { argv: ['tc', 'qdisc', 'del', 'dev', 'eth1', 'root', 'handle', 'b0d:'] }) });
  const { argv } = own;
  t.is(await refusal(own), null);
  t.is(await refusal({ ...own, argv: [...deadline(5000), ...argv] }), null);
  for (const [at, word] of [[2, 'exec "$@"'], [3, 'bondproof-other'], [4, '0'], [4, '7 8'], [4, ''], [5, 'sh'], [9, 'eth9']] as const) t.not(await refusal({ ...own, argv: argv.with(at, word) }), null, word);
  t.not(await refusal({ ...own, argv: [...argv.slice(0, 5), ...argv] }), null, 'twice');
  t.not(await refusal({ ...own, argv: argv.slice(0, 5) }), null, 'nothing behind it');
});

test('refuses commands for another device of the lab', async (t) => {
  const refusal = judgeOf('pve2');
  const agent = (await examples('pve1')).find((each) => kindOf(each) === 'python3 -I -S')!;
  t.regex((await refusal(agent))!, /does not begin with the agent/);
  const onSwitch = judgeOf('sw1');
  t.not(await onSwitch(agent), null);
});

test('names that mean something to Python, JSON or regular expressions are names', async (t) => {
  for (const nic of [`a'''b`, 'a"b\\n', '.*', '(?:', '\\', '$(id)', '{}']) {
    const odd = { ...lab, nodes: lab.nodes.map((node) => ({ ...node, slaves: [nic, 'eth2'] })), links: lab.links.map((link) => link.nic === 'eth1' ? { ...link, nic } : link) };
    const refusal = judges.gate(gateOf(odd, 'pve1').text, interfaces(1));
    t.is(await refusal(asked({ command: nicState(nic) })), null, nic);
    for (const other of ['eth1', 'ab', `${nic}x`]) t.not(await refusal(asked({ command: nicState(other) })), null, `${other} for ${nic}`);
  }
});

test('one device of one lab has one gate, and every other has another', (t) => {
  const names = [...deviceIds(lab).map((device) => gateOf(lab, device).name), gateOf({ ...lab, nodes: lab.nodes.map((node) => ({ ...node, slaves: ['eth1', 'eth3'] })), links: lab.links.map((link) => link.nic === 'eth2' ? { ...link, nic: 'eth3' } : link) }, 'pve1').name];
  t.is(new Set(names).size, 5);
  t.is(gateOf(lab, 'pve1').name, gateOf(lab, 'pve1').name);
});

// What may stand on a NIC before a fault, and one round of it: made, looked at by bondproof's own survey and preflight, faulted by its plan, undone, compared.

import type { ExecutionContext } from 'ava';

import { planNetem } from '../../src/faults/netem.ts';
import { nodeChecks } from '../../src/harness/preflight.ts';
import { parseSurvey, surveyOf } from '../../src/harness/survey.ts';
import type { Action } from '../../src/model/command.ts';
import type { Node } from '../../src/model/lab.ts';
import { drawFrom, type Draw } from '../fuzz/mutate.ts';
import { paperLab } from '../harness/paper-lab.ts';

const nics: Readonly<Record<string, string>> = {
  'a veth of one queue': 'ip link add name NIC type veth peer name NIC-far numtxqueues 1; ip link set NIC-far up',
  'a veth of four queues': 'ip link add name NIC numtxqueues 4 numrxqueues 4 type veth peer name NIC-far; ip link set NIC-far up',
  'a tap, whose default is a queue': 'ip tuntap add dev NIC mode tap',
  'a tap of many queues, whose default is mq': 'ip tuntap add dev NIC mode tap multi_queue',
};

/** What somebody may have set up at the root, by kinds that a kernel may or may not have. */
const roots: readonly ((draw: Draw) => string)[] = [
  () => '', () => '', () => '',
  () => 'tc qdisc add dev NIC root noqueue', () => 'tc qdisc replace dev NIC root pfifo_fast', () => 'tc qdisc add dev NIC root handle 1: mq',
  (draw) => `tc qdisc add dev NIC root handle ${1 + draw(40)}: pfifo limit ${1 + draw(1000)}`, (draw) => `tc qdisc add dev NIC root bfifo limit ${1000 + draw(9000)}`,
  (draw) => `tc qdisc add dev NIC root handle 2: htb default ${draw(3)}; tc class add dev NIC parent 2: classid 2:1 htb rate ${1 + draw(9)}mbit; tc qdisc add dev NIC parent 2:1 handle 7: pfifo limit ${1 + draw(99)}`,
  (draw) => `tc qdisc add dev NIC root tbf rate ${1 + draw(9)}mbit burst 10k latency 10ms`,
  () => 'tc qdisc add dev NIC root handle 1: mq; tc qdisc add dev NIC parent 1:1 handle 5: pfifo',
  (draw) => `tc qdisc add dev NIC root fq_codel limit ${1 + draw(9000)}`, () => 'tc qdisc add dev NIC root fq', (draw) => `tc qdisc add dev NIC root cake bandwidth ${1 + draw(99)}mbit`,
  () => 'tc qdisc add dev NIC root prio', () => 'tc qdisc add dev NIC root sfq perturb 10', (draw) => `tc qdisc add dev NIC root netem loss ${draw(100)}%`, () => 'tc qdisc add dev NIC root hfsc default 1',
];

/** What does not stand at the root, and what else of a NIC may be set. It is up: no fault is made before a canary has crossed it (harness/trial.ts). */
const extras: readonly ((draw: Draw) => string)[] = [
  () => 'tc qdisc add dev NIC clsact', () => 'tc qdisc add dev NIC ingress; tc filter add dev NIC ingress protocol ip prio 7 u32 match u32 0 0 flowid 1:1',
  () => 'tc qdisc add dev NIC clsact; tc filter add dev NIC egress protocol ip prio 9 u32 match ip dst 192.0.2.1 flowid 1:1',
  (draw) => `ip link set NIC txqueuelen ${[0, 1, 7, 500, 1000][draw(5)]!}`, (draw) => `ip link set NIC mtu ${1280 + draw(200)}`, () => 'ip link set NIC group 7',
];

interface Layout { readonly nic: string; readonly kind: string; readonly script: string }

const layoutOf = (seed: number): Layout => {
  const draw = drawFrom(seed);
  const kinds = Object.keys(nics);
  const kind = kinds[draw(kinds.length)]!;
  const nic = `nic${seed}`;
  // Without an IPv6 address, whose detection of duplicates goes on by itself.
  const parts = [nics[kind]!, 'ip link set NIC addrgenmode none; ip link set NIC up', roots[draw(roots.length)]!(draw), ...Array.from({ length: draw(3) }, () => extras[draw(extras.length)]!(draw))];
  return { nic, kind, script: parts.join('\n').replaceAll('NIC', nic) };
};

/** All that `tc` and `ip` tell of a NIC. */
const seen = (nic: string): string => [
  ...['qdisc', 'class', 'filter'].map((what) => `tc -j ${what} show dev ${nic}`), `tc -j filter show dev ${nic} ingress`, `tc -j filter show dev ${nic} egress`, `ip -j -d link show dev ${nic}`, `ip -j addr show dev ${nic}`,
].join(' 2>&1; ');

export type Run = (argv: readonly string[]) => Promise<{ readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }>;

/** The layouts of these seeds, and what became of them. */
export const manyLayouts = async (t: ExecutionContext, run: Run, { from, to }: { readonly from: number; readonly to: number }): Promise<Readonly<Record<Came, number>>> => {
  const tried = await run(['sh', '-c', 'ip link add name probe type veth peer name probe-far && tc qdisc add dev probe root netem loss 0%; status=$?; ip link del probe; exit $status']);
  const netem = tried.exitCode === 0;
  const tally = { restored: 0, refused: 0, 'refused, and forced without effect': 0, 'contradicts itself': 0, 'not to be had on this kernel': 0 };
  for (let seed = from; seed <= to; seed += 1) tally[await oneLayout(t, layoutOf(seed), { run, netem, draw: drawFrom(-seed) })] += 1;
  t.log(`${JSON.stringify(tally)}${netem ? '' : '; this kernel has no netem: tbf in its place'}`);
  return tally;
};

interface Around { readonly run: Run; readonly netem: boolean; readonly draw: Draw }

type Came = 'restored' | 'refused' | 'refused, and forced without effect' | 'contradicts itself' | 'not to be had on this kernel';

const oneLayout = async (t: ExecutionContext, { nic, kind, script }: Layout, { run, netem, draw }: Around): Promise<Came> => {
  const made = await run(['sh', '-euc', script]);
  if (made.exitCode !== 0) {
    // Two clsact, or mq where there is one queue.
    if (/Exclusivity|Operation not supported/.test(made.stderr)) return 'contradicts itself';
    t.regex(made.stderr, /unknown|Invalid argument|exists|invalid/i, script);
    return 'not to be had on this kernel';
  }
  const look = async (): Promise<string> => (await run(['sh', '-c', seen(nic)])).stdout;
  const before = await look();
  const node: Node = { ...paperLab.nodes[0]!, slaves: [nic] };
  const survey = parseSurvey((await run(surveyOf({ bond: 'bond0', address: '10.10.10.1' }).command.argv)).stdout, { bond: 'bond0', address: '10.10.10.1' });
  const check = nodeChecks(paperLab, node, new Map([['pve1', survey]]), { today: '2026-11-25' }).find(({ what }) => what === 'qdisc')!;
  t.is(await look(), before, `the survey touched ${kind}: ${script}`);

  const plan = planNetem({ ...paperLab.links[0]!, nic }, 100);
  const argvOf = ({ command }: Action): readonly string[] => {
    const at = command.argv.indexOf('netem');
    if (netem || at < 0) return command.argv;
    return [...command.argv.slice(0, at), 'tbf', 'rate', command.argv.includes('100%') ? '1kbit' : '10gbit', 'burst', '1mb', 'latency', '50ms'];
  };
  const traces = async (): Promise<string> => JSON.stringify(await Promise.all(plan.traces.map(async (action) => (await run(argvOf(action))).stdout)));
  const tracesBefore = await traces();
  if (/txqueuelen/.test(check.found)) return 'refused'; // The kernel itself would not refuse that.
  // What nobody may touch is forced all the same, as if it had come after the look: it has to be left alone by each command itself.
  const staged = await run(argvOf(plan.stage[0]!));
  t.is(staged.exitCode === 0, check.held, `${kind}: ${check.found}; ${staged.stderr}; ${script}`);
  const applied = staged.exitCode === 0 && draw(4) > 0 && (await run(argvOf(plan.apply[0]!))).exitCode === 0;
  if (staged.exitCode === 0) t.not(await look(), before, 'the plan does something');
  // Undone once, or twice, as after a loss of the connection.
  for (let n = 0; n <= draw(2); n += 1) {
    for (const action of plan.revert) {
      const { exitCode, stderr } = await run(argvOf(action));
      t.true((action.accept ?? [0]).includes(exitCode ?? -1), `${stderr}; ${script}`);
    }
  }
  t.is(await look(), before, `${kind}, ${applied ? 'applied' : 'not applied'}: ${script}`);
  t.is(await traces(), tracesBefore, script);
  await run(['ip', 'link', 'del', nic]);
  return check.held ? 'restored' : 'refused, and forced without effect';
};

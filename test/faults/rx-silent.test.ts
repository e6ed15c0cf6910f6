import ava from 'ava';
import { nicState } from '../../src/faults/netem.ts';
import { endIngress, rxSilent } from '../../src/faults/rx-silent.ts';
import { tracesOf } from '../../src/harness/recovery.ts';
import { localSession } from '../agent/local-session.ts';
import { paperLab, planOn, testFault } from './conformance.ts';

const test = ava.serial;

test('rx-silent keeps what every fault keeps', (t) => testFault(t, rxSilent));

test('rx-silent stages an ingress block of its own that passes all, puts a drop before that, and ends with the block', (t) => {
  const device = 'pve1';
  const filter = (pref: string, action: string) => ({ device, command: { argv: ['tc', 'filter', 'add', 'block', '2829', 'protocol', 'all', 'pref', pref, 'matchall', 'skip_hw', 'action', action] } });
  t.deepEqual(planOn(rxSilent, paperLab.links[0]!), {
    stage: [{ device, command: { argv: ['tc', 'qdisc', 'add', 'dev', 'eth1', 'ingress_block', '2829', 'clsact'] } }, filter('2', 'pass')],
    apply: [filter('1', 'drop')],
    revert: [{ device, command: { argv: ['tc', 'filter', 'del', 'block', '2829', 'protocol', 'all', 'pref', '1'] }, accept: [0, 2] }, endIngress({ device, nic: 'eth1' })],
    traces: [{ device, command: nicState('eth1') }],
  });
});

test('by the cable it is the other way of the same cut, and nothing comes to the NIC at all', (t) => {
  t.deepEqual(planOn(rxSilent, paperLab.links[0]!, 'cable').apply, [{ device: 'cables', command: { argv: ['cable', 'cut', 'pve1-eth1', 'to-node'] } }]);
  t.deepEqual(rxSilent.proof('cable'), { canary: 'kept-in-use', drops: null, tx: 'moves', carrier: 1, rx: 'still' });
});

test('rx-silent counts when what comes is dropped, and canaries arrive until LACP acts', (t) =>
  t.deepEqual(rxSilent.proof('netem'), { canary: 'kept-in-use', drops: 'rise', tx: 'moves', carrier: 1, rx: 'dropped' }));

/** A NIC in namespaces of its own, and what was set up on its ingress before. */
const afterEnd = async (setUp: string): Promise<readonly string[]> => {
  const script = `ip link add name nic type veth peer name far; ${setUp}\n"$@"; "$@"; tc qdisc show`;
  const done = await localSession().run({ argv: ['unshare', '-Urnm', 'sh', '-euc', script, 'test', ...endIngress({ device: 'pve1', nic: 'nic' }).command.argv] }, { timeoutMs: 60_000 });
  if (done.exitCode !== 0) throw new Error(done.stderr);
  return done.stdout.split('\n').filter((line) => line.includes('clsact') || line.includes('ingress')).map((line) => line.trim());
};

const haveNamespaces = async (): Promise<boolean> => (await localSession().run({ argv: ['unshare', '-Urnm', 'true'] }, { timeoutMs: 60_000 })).exitCode === 0;

test('the end of it takes its own ingress away, and nobody else’s: on a real kernel', async (t) => {
  if (!await haveNamespaces()) {
    t.log('LEFT OUT, no namespaces can be made here');
    t.pass();
    return;
  }
  t.deepEqual(await afterEnd('tc qdisc add dev nic ingress_block 2829 clsact'), []);
  t.deepEqual(await afterEnd(':'), []);
  for (const foreign of ['clsact', 'ingress', 'ingress_block 28290 clsact', 'ingress_block 282 egress_block 2829 clsact']) t.is((await afterEnd(`tc qdisc add dev nic ${foreign}`)).length, 1, foreign);
});

test('of a block that is not there, and of a filter in it, tc says no with the word that is accepted', async (t) => {
  if (!await haveNamespaces()) return t.pass();
  const { command, accept } = planOn(rxSilent, paperLab.links[0]!).revert[0]!;
  for (const setUp of [':', 'tc qdisc add dev nic clsact', 'tc qdisc add dev nic ingress_block 2829 clsact']) {
    const done = await localSession().run({ argv: ['unshare', '-Urnm', 'sh', '-uc', `ip link add name nic type veth peer name far; ${setUp}\n"$@"`, 'test', ...command.argv] }, { timeoutMs: 60_000 });
    t.true((accept ?? []).includes(done.exitCode ?? -1), `${setUp}: ${done.stderr}`);
  }
});

test('what a kernel says of such a block is seen by recovery, of others not', async (t) => {
  const seen = async (setUp: string): Promise<readonly string[]> => {
    const { stdout } = await localSession().run({ argv: ['unshare', '-Urnm', 'sh', '-euc', `ip link add name nic type veth peer name far; ${setUp}; tc qdisc show`] }, { timeoutMs: 60_000 });
    return tracesOf.parse(stdout).ingress;
  };
  if (await haveNamespaces()) {
    t.deepEqual(await seen('tc qdisc add dev nic ingress_block 2829 clsact'), ['nic']);
    t.deepEqual(await seen('tc qdisc add dev nic ingress_block 28290 clsact'), []);
  }
  t.deepEqual(tracesOf.parse('qdisc clsact ffff: dev eth1 parent ffff:fff1 ingress_block 2829 \nqdisc clsact ffff: dev eth2 parent ffff:fff1 \n').ingress, ['eth1']);
});

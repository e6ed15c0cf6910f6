import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test from 'ava';

import { clusterWrong, addressesInUse, membersWrong } from '../../src/harness/membership.ts';
import { parseSurvey, surveyOf, type Survey } from '../../src/harness/survey.ts';
import { paperLab } from './paper-lab.ts';
import { sectionsOf, textOf } from './paper-survey.ts';

const { argv } = surveyOf({ bond: 'bond0', address: '10.10.10.1' }).command;
const script = argv[2]!;

/** What this machine says of itself. */
const here = (env: NodeJS.ProcessEnv): string => execFileSync(argv[0]!, argv.slice(1), { encoding: 'utf8', env: { PATH: process.env['PATH'], LC_ALL: 'C', ...env } });

test('the script has every section that a paper node answers, and runs to its end on any machine', (t) => {
  const said = here({ SSH_CONNECTION: '127.0.0.1 50000 127.0.0.1 22' });
  const names = (text: string): readonly string[] => text.split('\u001e').slice(1).map((section) => section.split('\n')[0]!);
  t.deepEqual(Object.keys(sectionsOf(paperLab, paperLab.nodes[0]!)).filter((name) => !names(said).includes(name)), []);
});

test('a node that is not asked over ssh does not know its way back', (t) => {
  for (const SSH_CONNECTION of ['', 'UNKNOWN 65535 UNKNOWN 65535', '1 2 3 4 5', '$(reboot) 1 2 3', '192.0.2.1', '* * * *']) {
    t.deepEqual(parseSurvey(here({ SSH_CONNECTION }), { bond: 'bond0', address: '10.10.10.1' }).wayBack, { local: null, devices: [], leaving: [], unknown: ['the connection that it is asked over'] }, SSH_CONNECTION);
  }
});

test('what a kernel without modules has built in is there', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bp-survey-'));
  t.teardown(() => { rmSync(folder, { recursive: true }); });
  const tools = (config: string): readonly string[] => {
    for (const [name, text] of [['modprobe', 'exit 1'], ['zcat', `echo ${config}`]] as const) writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return parseSurvey(here({ PATH: `${folder}:${process.env['PATH'] ?? ''}` }), { bond: 'bond0', address: '10.10.10.1' }).tools;
  };
  t.true(tools('CONFIG_NET_SCH_NETEM=y').includes('sch_netem'));
  t.false(tools('CONFIG_NET_SCH_NETEM_OTHER=y').includes('sch_netem'));
});

test('a paper node is read in full', (t) => {
  const survey = parseSurvey(textOf(sectionsOf(paperLab, paperLab.nodes[1]!)), { bond: 'bond0', address: '10.10.10.1' });
  t.deepEqual(survey.wayBack, { local: '192.0.2.2', devices: ['eno9'], leaving: ['eno9'], unknown: [] });
  t.deepEqual(survey.marker.file, { kind: 'regular file', uid: 0, mode: 0o644 });
  t.deepEqual(survey.guests, [{ config: 'qemu-server/100.conf', tags: 'ha;bondproof' }]);
  t.like(survey, { machineId: `${'a'.repeat(31)}2`, quorate: true, members: 3, lrmState: 'active' });
});

test('corosync’s links are told with what they lie on, and to how many nodes they lead', (t) => {
  const rings = [0, 1].map((id) => `LINK ID ${id} udp\n\taddr\t= 10.10.1${id}.1\n\tstatus:\n\t\tnodeid:          1:\tlocalhost\n\t\tnodeid:          2:\tconnected\n\t\tnodeid:          3:\t${id === 0 ? 'connected' : 'disconnected'}\n`);
  const { corosyncLinks } = parseSurvey(textOf({
    rings: `Local node ID 1, transport knet\n${rings.join('')}`,
    links: JSON.stringify([{ ifname: 'bond0' }, { ifname: 'bond0.7', link: 'bond0' }]),
    addresses: JSON.stringify([{ ifname: 'bond0', addr_info: [{ local: '10.10.10.1' }] }, { ifname: 'bond0.7', addr_info: [{ local: '10.10.11.1' }] }]),
  }), { bond: 'bond0', address: '10.10.10.1' }).node;
  t.deepEqual(corosyncLinks, [{ id: 0, device: 'bond0', below: null, connected: 2 }, { id: 1, device: 'bond0.7', below: 'bond0', connected: 1 }]);
  t.deepEqual(parseSurvey(textOf({}), { bond: 'bond0', address: '10.10.10.1' }).node.corosyncLinks, []);
});

test('a QDevice is told where corosync knows one', (t) => {
  const qdeviceIn = (rows: string): unknown => parseSurvey(textOf({ quorum: `Nodes:            2\nQuorate:          Yes\n\n${rows}` }), { bond: 'bond0', address: '10.10.10.1' }).node.qdevice;
  t.is(qdeviceIn('    Nodeid      Votes Name\n         1          1 pve1 (local)\n'), undefined);
  t.is(qdeviceIn('    Nodeid      Votes    Qdevice Name\n         1          1    A,V,NMW pve1 (local)\n'), 'votes');
  t.is(qdeviceIn('    Nodeid      Votes    Qdevice Name\n         1          1   A,NV,NMW pve1 (local)\n'), 'silent');
});

test('guests: without the folders there is no place for them; a guest without tags is one', (t) => {
  const guestsIn = (guests: string): unknown => parseSurvey(textOf({ guests }), { bond: 'bond0', address: '10.10.10.1' }).guests;
  t.is(guestsIn(''), null);
  t.deepEqual(guestsIn('there'), []);
  t.deepEqual(guestsIn('there\nlxc/7.conf '), [{ config: 'lxc/7.conf', tags: '' }]);
});

/** Words that begin a command, with the two that may follow: of the whole script, one command a line or a list of them. */
const commands = script.replaceAll(/\$\{[^}]*\}/g, '$x').replaceAll(/'[^'\n]*'/g, '$x').split(/\n|;|&&|\|\||\bdo\b|\bthen\b|\belse\b|[{}]/).map((text) => text.trim().split(/\s+/)).filter(([word]) => word !== undefined && word !== '');

test('a survey only looks: no program in it writes, and nothing is written but to nowhere', (t) => {
  for (const [target] of script.matchAll(/>+\s*(?!&)\S+/g)) t.regex(target, /^>\s*\/dev\/null$/);
  const readers = /^(?:section|say|printf|read|exec|echo|cat|stat|command|exit|set|case|esac|if|elif|fi|for|done|while|break|tags=.*|family=.*|out=.*|module=.*|\[|\w+\)|\S+\)|ip|tc|sed|grep|zcat|corosync|corosync-cfgtool|corosync-cmapctl|corosync-quorumtool|modprobe)$/;
  t.deepEqual(commands.filter(([word]) => !readers.test(word!)), []);
  for (const [, rest] of script.matchAll(/\bip ([^;\n|]*)/g)) if (/-j/.test(rest!)) t.regex(rest!, /^-j (?:-d )?(?:\$family )?(?:addr show|neigh show dev "\$1" nud permanent|rule show|route show table all|route get .*)$/, rest);
  for (const [, rest] of script.matchAll(/\btc (-[^;\n]*)/g)) t.is(rest, '-j qdisc show');
  for (const [, rest] of script.matchAll(/\bmodprobe ([^;\n}]*)/g)) t.regex(rest!, /^-n -q /, 'a dry run');
  t.notRegex(script, /\b(?:add|del|delete|change|replace|set|flush|append)\s+(?:dev|link|root|\$)/);
  for (const [, rest] of script.matchAll(/\bsed ([^\n]*)/g)) t.regex(rest!, /^-nE (?:-e '[^'w]*' )+\/etc\/corosync\/corosync\.conf$/, 'no file is written, and none in place');
  t.notRegex(script, /corosync-cmapctl\s+-(?:s|d|t|T)|corosync-quorumtool\s+-e|corosync-cfgtool\s+-(?!s\n)/);
});

const conf = `# {
totem {
  version: 2
  cluster_name: paper
  key: canary{1}
  secauth: on
  interface { # ring 0
    bindnetaddr: 10.10.10.1
  }
}
nodelist {
  node { canary3
    name: pve1
    nodeid: 1
    ring0_addr: 10.10.10.1
    quorum_votes: 1
  }
  node {
    # name: canary4
    name: pve2
    nodeid: 2
    ring0_addr: 10.10.10.2
    ring1_addr: 10.10.11.2
  } canary5
}
`;

test('a node’s addresses of IPv6 are known again however corosync.conf writes them', (t) => {
  const nodes = paperLab.nodes.slice(0, 2).map((node) => ({ ...node, address: `fd00:0:0:1::${node.id}` }));
  const [lab, node] = [{ ...paperLab, nodes }, nodes[0]!];
  const seen = (address: string): Survey => parseSurvey(textOf({ conf: conf.replace('ring0_addr: 10.10.10.1\n', `ring0_addr: ${address}\n`) }), { bond: 'bond0', address: node.address });
  for (const address of ['fd00:0:0:1::1', 'FD00::1:0:0:0:1', 'fd00:0000:0:1:0:0:0:0001', 'pve1']) t.is(clusterWrong(lab, node, seen(address)), null, address);
  t.is(clusterWrong(lab, node, seen('fd00:0:0:1::7')), 'pve1 has ring0_addr fd00:0:0:1::7');
  t.is(clusterWrong(lab, node, seen('10.10.10.1')), 'pve1 has ring0_addr 10.10.10.1');
  t.deepEqual(addressesInUse(node, seen('FD00::1:0:0:0:9')), ['fd00:0:0:1::1', 'fd00:0:0:1::9']);
});

test('of corosync.conf who is who leaves the node, and nothing else', (t) => {
  const filter = /^section conf; (.*) \/etc\/corosync\/corosync\.conf$/m.exec(script)![1]!;
  const left = execFileSync('sh', ['-c', filter], { encoding: 'utf8', input: conf });
  t.deepEqual(left.split('\n').map((line) => line.trim()).filter((line) => line !== ''), [
    'totem {', 'cluster_name: paper', 'interface {', '}', '}', 'nodelist {',
    'node {', 'name: pve1', 'nodeid: 1', 'ring0_addr: 10.10.10.1', '}', 'node {', 'name: pve2', 'nodeid: 2', 'ring0_addr: 10.10.10.2', 'ring1_addr: 10.10.11.2', '}', '}',
  ]);
  const survey = parseSurvey(textOf({ conf: left }), { bond: 'bond0', address: '10.10.10.1' });
  const lab = { ...paperLab, nodes: paperLab.nodes.slice(0, 2) };
  for (const node of lab.nodes) t.is(clusterWrong(lab, node, survey), null);
  t.is(membersWrong(lab, survey), null);
  t.deepEqual(addressesInUse(lab.nodes[1]!, survey), ['10.10.10.2', '10.10.10.2', '10.10.11.2']);
});

test('corosync’s link_mode is told where it is not its own, as corosync-cmapctl(8) prints it', (t) => {
  const totem = 'runtime.config.totem.token (u32) = 3125\nruntime.config.totem.consensus (u32) = 3750\ntotem.token_coefficient (u32) = 125\n';
  const seen = (more: string): unknown => parseSurvey(textOf({ totem: totem + more }), { bond: 'bond0', address: '10.10.10.1' }).node.totem;
  const without = { tokenMs: 3125, consensusMs: 3750, twoNodesTokenMs: 3000, tokenCoefficientMs: 125 };
  t.deepEqual([seen(''), seen('totem.link_mode (str) = passive\n'), seen('totem.link_mode (str) = rr\n')], [without, without, { ...without, linkMode: 'rr' }]);
});

import test from 'ava';

import { quorumWrong } from '../../src/harness/convergence.ts';
import { quorumIn, type QuorumSeen } from '../../src/harness/quorum.ts';
import { paperLab } from './paper-lab.ts';

/** As corosync 3.1.9 prints it. */
const text = (rows: readonly string[], { quorate = 'Yes', flags = 'Quorate Qdevice ' } = {}): string => `Quorum information
------------------
Date:             Tue Dec  1 10:17:23 2026
Quorum provider:  corosync_votequorum
Nodes:            2
Node ID:          1
Ring ID:          1.9
Quorate:          ${quorate}

Votequorum information
----------------------
Expected votes:   3
Highest expected: 3
Total votes:      3
Quorum:           2  
Flags:            ${flags}

Membership information
----------------------
${rows.map((row) => `${row}\n`).join('')}`;

const column = '    Nodeid      Votes    Qdevice Name';

const seen: readonly (readonly [what: string, rows: readonly string[], qdevice: QuorumSeen['qdevice']])[] = [
  ['that votes', [column, '         1          1    A,V,NMW pve1 (local)', '         2          1    A,V,NMW pve2', '         0          1            Qdevice'], 'votes'],
  ['that lost its host', [column, '         1          1   A,NV,NMW pve1 (local)', '         2          1   A,NV,NMW pve2', '         0          0            Qdevice (votes 1)'], 'silent'],
  ['that votes on the other node alone', [column, '         1          1         NR pve1 (local)', '         2          1    A,V,NMW pve2', '         0          0            Qdevice (votes 1)'], 'silent'],
  ['whose daemon does not answer corosync', [column, '         1          1   NA,V,NMW pve1 (local)', '         2          1    A,V,NMW pve2', '         0          0            Qdevice (votes 1)'], 'silent'],
  ['that is not there', ['    Nodeid      Votes Name', '         1          1 pve1 (local)', '         2          1 pve2'], null],
];

for (const [what, rows, qdevice] of seen) {
  test(`a QDevice ${what}`, (t) => t.deepEqual(quorumIn(text(rows)), { quorate: true, members: 2, qdevice }));
}

test('a node that is not quorate', (t) => t.deepEqual(quorumIn(text(seen[1]![1], { quorate: 'No', flags: 'Qdevice ' })), { quorate: false, members: 2, qdevice: 'silent' }));

const lab = { nodes: paperLab.nodes.slice(0, 2) };
const made = { ...lab, qdevice: 'reached' } as const;
const well: QuorumSeen = { quorate: true, members: 2, qdevice: 'votes' };

test('quorum is waited for with every node, and with the QDevice’s vote where there is one', (t) => {
  for (const each of [lab, made]) {
    t.is(quorumWrong(each, well), null);
    t.is(quorumWrong(each, { ...well, quorate: false }), 'not quorate, 2 members');
    t.is(quorumWrong(each, { ...well, members: 1 }), 'quorate, 1 members');
    t.is(quorumWrong(each, { ...well, qdevice: 'silent' }), 'the QDevice does not vote there');
  }
  t.is(quorumWrong(lab, { ...well, qdevice: null }), null);
  t.is(quorumWrong(made, { ...well, qdevice: null }), 'the QDevice is not registered there');
});

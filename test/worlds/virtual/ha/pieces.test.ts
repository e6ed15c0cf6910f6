import test from 'ava';
import { runScript } from './run.ts';

test('node names and ids come from corosync.conf, whatever the order of its keys', async (t) => {
  t.deepEqual(await runScript('pieces.py', 'nodes'), { pve1: 1, 'pve-seven': 7 });
});

test('a lock belongs to the node that made it, never goes back in time, and expires 120 s after it was last seen to change', async (t) => {
  t.deepEqual(await runScript('pieces.py', 'locks'), {
    said: ['', 'EEXIST', 'EACCES', 'EACCES', '', 'ENOENT', '', 'EACCES', '', ''],
    expired: [false, false, true, false],
    version: 5,
    writer: 2,
  });
});

test('a lock is tried six times in five seconds, fewer when the tries themselves take long', async (t) => {
  const [quick, slow] = await runScript<readonly { calls: [number, string][]; lines: string[][]; got: boolean }[]>('pieces.py', 'tries');
  t.deepEqual(quick!.calls, [0, 1, 2, 3, 4, 5].map((at) => [at, 'utime']));
  t.deepEqual(slow!.calls, [[0, 'utime'], [4, 'utime']]);
  t.false(quick!.got);
  t.deepEqual(quick!.lines, [['err', "lost lock 'ha_agent_pve1_lock - cfs lock update failed - Permission denied"]]);
});

test('the multiplexer warns, expires, forgives and leaves with the words of watchdog-mux 5.1.2', async (t) => {
  interface Run { readonly story: string; readonly lines: readonly string[]; readonly lastFed: number; readonly ends: number | null; readonly clean: boolean | null; readonly marks: readonly boolean[] }
  const runs = Object.fromEntries((await runScript<readonly Run[]>('pieces.py', 'multiplexer')).map((run) => [run.story, run]));
  const added = 'added new client (PID 4408) to watch';
  const warned = 'client (PID 4408) watchdog is about to expire';

  t.deepEqual(runs['saved']!.lines, [added, warned, 'client (PID 4408) watchdog was updated before expiring']);
  t.is(runs['saved']!.lastFed, 74);

  // 60 s are still in time; at 61 s feeding stops, and a second later the process is gone.
  t.deepEqual(runs['expired']!.lines, [added, warned, 'client (PID 4408) watchdog expired - disable watchdog updates', 'exit watchdog-mux with active connections']);
  t.deepEqual([runs['expired']!.lastFed, runs['expired']!.ends, runs['expired']!.clean], [60, 62, false]);

  t.deepEqual(runs['clean']!.lines, [added, 'client (PID 4408) has disconnected cleanly', 'all watchdog client connections to the multiplexer closed']);
  t.deepEqual(runs['clean']!.marks, [true, false]);

  // The magic character counts only as the last byte.
  t.deepEqual(runs['unclean']!.lines, [added, 'client (PID 4408) did not stop watchdog - disable watchdog updates', 'exit watchdog-mux with active connections']);
  t.false(runs['unclean']!.clean);
  t.deepEqual(runs['terminated']!.lines, [added, 'got terminate request', 'exit watchdog-mux with active connections']);
});

test('softdog is found by its identity, or as the device without hardware where the kernel shows no identity', async (t) => {
  t.deepEqual(await runScript('pieces.py', 'watchdogs'), {
    found: ['watchdog1', null, 'watchdog1', null],
    loaded: { soft_noboot: 1, soft_margin: 10, soft_panic: 0, nowayout: 0 },
    silent: null,
  });
});

test('softdog is loaded anew exactly when its options are not those of the mode, and stopped first only when it is in use', async (t) => {
  const armed = 'softdog soft_noboot=0 soft_panic=1 soft_margin=10 nowayout=0';
  t.deepEqual(await runScript('pieces.py', 'preparations'), [
    { mode: 'armed', ran: [], disarmed: [], end: 'watchdog1' },
    { mode: 'idle', ran: [], disarmed: [], end: 'watchdog1' },
    { mode: 'armed', ran: ['-r softdog', armed], disarmed: [], end: 'watchdog1' },
    { mode: 'rehearse', ran: ['-r softdog', 'softdog soft_noboot=1 soft_panic=0 soft_margin=10 nowayout=0'], disarmed: [], end: 'watchdog1' },
    { mode: 'armed', ran: [armed], disarmed: [], end: 'watchdog1' },
    {
      mode: 'armed',
      ran: ['-r softdog', '-r softdog'],
      disarmed: ['watchdog1'],
      end: 'softdog cannot be loaded anew: another process holds its device, or it is built into this kernel',
    },
  ]);
});

test('a lab that plays the watchdogs is told the options of a mode', async (t) => {
  t.deepEqual(await runScript('pieces.py', 'played'), [
    ['armed', 'watchdog0', 'soft_noboot=0 soft_panic=1 soft_margin=10 nowayout=0'],
    ['rehearse', 'watchdog0', 'soft_noboot=1 soft_panic=0 soft_margin=10 nowayout=0'],
    ['idle', 'watchdog0', 'soft_noboot=0 soft_panic=1 soft_margin=10 nowayout=0'],
  ]);
});

test('a daemon whose pmxcfs is not there gets an error, not a hang', async (t) => {
  t.deepEqual(await runScript('pieces.py', 'order'), [{ error: 'ENOTCONN' }]);
});

// Every wording that observers rely on, as one isolation of a node brings it about.
test('the journal reads like that of PVE', async (t) => {
  const lines = await runScript<readonly string[]>('scenarios.py', 'journal');
  for (const line of [
    'pve-ha-lrm: status change startup => wait_for_agent_lock',
    "pve-ha-lrm: successfully acquired lock 'ha_agent_pve2_lock'",
    'pve-ha-lrm: watchdog active',
    'pve-ha-lrm: status change wait_for_agent_lock => active',
    "pve-ha-lrm: lost lock 'ha_agent_pve2_lock - cfs lock update failed - Permission denied",
    'pve-ha-lrm: status change active => lost_agent_lock',
    "pve-ha-crm: successfully acquired lock 'ha_manager_lock'",
    'pve-ha-crm: status change wait_for_quorum => master',
    'pve-ha-crm: status change wait_for_quorum => slave',
    "pve-ha-crm: node 'pve2': state changed from 'online' => 'unknown'",
    "pve-ha-crm: service 'vm:102': state changed from 'started' to 'fence'",
    "pve-ha-crm: node 'pve2': state changed from 'unknown' => 'fence'",
    "pve-ha-crm: fencing: acknowledged - got agent lock for node 'pve2'",
    "pve-ha-crm: node 'pve2': state changed from 'fence' => 'unknown'",
    "pve-ha-crm: recover service 'vm:102' from fenced node 'pve2' to node 'pve1'",
    'pmxcfs: [status] notice: node lost quorum',
    'pmxcfs: [dcdb] notice: starting data syncronisation',
    'pmxcfs: [dcdb] notice: received all states',
    'pmxcfs: [dcdb] notice: all data is up to date',
    'pmxcfs: [dcdb] crit: received write while not quorate - trigger resync',
    'pmxcfs: [dcdb] crit: leaving CPG group',
    'pmxcfs: [dcdb] notice: start cluster connection',
  ]) {
    t.true(lines.includes(line), line);
  }
  t.true(lines.some((line) => /^pmxcfs: \[dcdb\] notice: members: 1\/\d+, 2\/\d+, 3\/\d+$/.test(line)));
  t.true(lines.some((line) => /^pmxcfs: \[dcdb\] notice: leader is 1\/\d+$/.test(line)));
  t.true(lines.some((line) => /^pmxcfs: \[dcdb\] notice: synced members: 1\/\d+, 2\/\d+, 3\/\d+$/.test(line)));
});

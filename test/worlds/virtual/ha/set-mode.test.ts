import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import test, { type ExecutionContext } from 'ava';

const script = join(import.meta.dirname, '../../../../src/worlds/virtual/ha/set-mode');

// systemctl notes what it is asked to do. What is started runs, and a running multiplexer has its socket; the multiplexer
// fails when there is a file `broken`. Of several units is-active says each one's state, and succeeds when any runs (systemctl(1)).
const systemctl = `#!/bin/sh
here=$(dirname "$0")/..
echo "$*" >>"$here/asked"
case $1 in
start)
  [ -e "$here/broken" ] || python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$here/run/watchdog-mux.sock"
  shift; for unit; do : >"$here/runs-$unit"; done ;;
stop) shift; for unit; do rm -f "$here/runs-$unit"; done ;;
is-active)
  shift; code=3
  for unit; do if [ -e "$here/runs-$unit" ]; then echo active; code=0; else echo inactive; fi; done
  exit $code ;;
is-failed) [ -e "$here/broken" ] ;;
esac
`;

async function machine(t: ExecutionContext) {
  const root = await mkdtemp(join(tmpdir(), 'set-mode-'));
  t.teardown(() => rm(root, { recursive: true, force: true }));
  for (const folder of ['bin', 'run', 'etc', 'class/watchdog1', 'dev', `pve/nodes/${hostname()}`]) await mkdir(join(root, folder), { recursive: true });
  await writeFile(join(root, 'bin/systemctl'), systemctl);
  await writeFile(join(root, 'bin/journalctl'), '#!/bin/sh\necho softdog is not part of the image\n');
  for (const program of ['systemctl', 'journalctl']) await chmod(join(root, 'bin', program), 0o755);
  await writeFile(join(root, 'dev/watchdog1'), '');

  const at = (path: string) => join(root, path);
  const env = {
    PATH: `${at('bin')}:${process.env['PATH'] ?? ''}`,
    BONDPROOF_HA_STATE: at('etc'),
    BONDPROOF_HA_RUN: at('run'),
    BONDPROOF_HA_CLASS: at('class'),
    BONDPROOF_HA_DEV: at('dev'),
    BONDPROOF_HA_PVE: at('pve'),
  };
  const setMode = (...args: readonly string[]) =>
    new Promise<{ code: number | string; stderr: string; asked: readonly string[] }>((resolve) => {
      execFile('sh', [script, ...args], { env }, (error, _stdout, stderr) => {
        void readFile(at('asked'), 'utf8')
          .catch(() => '')
          .then(async (asked) => {
            await rm(at('asked'), { force: true });
            resolve({ code: error?.code ?? 0, stderr, asked: asked.split('\n').filter(Boolean) });
          });
      });
    });
  const write = (path: string, text: string) => writeFile(at(path), text);
  return { at, setMode, write, lrmIs: (state: string) => write(`pve/nodes/${hostname()}/lrm_status`, `{"state": "${state}", "mode": "active"}`) };
}

const all = 'pve-cluster.service watchdog-mux.service pve-ha-lrm.service pve-ha-crm.service';

test('a mode is set by stopping the daemons, then the multiplexer, and starting all with the new mode', async (t) => {
  const { at, setMode } = await machine(t);
  const { code, stderr, asked } = await setMode('armed');
  t.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  t.deepEqual(asked, [
    'stop pve-ha-lrm.service pve-ha-crm.service',
    'stop watchdog-mux.service',
    `reset-failed ${all}`,
    `start ${all}`,
    `is-active ${all}`,
  ]);
  t.is(await readFile(at('etc/mode'), 'utf8'), 'armed\n');
  t.true(existsSync(at('run/bondproof-ha/order-unlock')));
});

test('a mode that is there already is left alone', async (t) => {
  const { setMode, lrmIs } = await machine(t);
  await setMode('armed');
  await lrmIs('active');
  const again = await setMode('armed');
  t.deepEqual(again, { code: 0, stderr: '', asked: [`is-active ${all}`] });
});

test('an armed node whose LRM waits for its lock is set anew, for the lock is one of an earlier life', async (t) => {
  const { setMode, lrmIs } = await machine(t);
  await setMode('armed');
  await lrmIs('wait_for_agent_lock');
  t.deepEqual((await setMode('armed')).asked, [`is-active ${all}`, 'kill --signal=HUP pve-ha-lrm.service pve-ha-crm.service']);
});

test('daemons that run begin anew with another mode, and an idle node has no watchdog left', async (t) => {
  const { at, setMode } = await machine(t);
  await setMode('armed');
  await mkdir(at('run/watchdog-mux.active'));
  const changing = setMode('idle');
  setTimeout(() => { void rm(at('run/watchdog-mux.active'), { recursive: true }); }, 300);
  const { code, asked } = await changing;
  t.is(code, 0);
  t.deepEqual(asked, [`is-active ${all}`, 'kill --signal=HUP pve-ha-lrm.service pve-ha-crm.service']);
  t.is(await readFile(at('etc/mode'), 'utf8'), 'idle\n');
  t.false(existsSync(at('run/watchdog-mux.active')));
});

test('a daemon that ended by itself is started again, though the others run', async (t) => {
  for (const unit of all.split(' ')) {
    const { at, setMode, lrmIs } = await machine(t);
    await setMode('armed');
    await lrmIs('active');
    await rm(at(`runs-${unit}`));
    t.true((await setMode('armed')).asked.includes(`start ${all}`), unit);
  }
});

for (const daemon of ['lrm', 'crm']) {
  test(`the ${daemon} that has just been started is not killed by the signal to begin anew`, async (t) => {
    const unit = await readFile(join(script, `../units/pve-ha-${daemon}.service`), 'utf8');
    const [, start = ''] = /^ExecStart=(.*) \S+start\.py/m.exec(unit) ?? [];
    const { stdout } = await promisify(execFile)('sh', ['-c', `${start} -c "$1"`, 'sh', 'import os, signal; os.kill(os.getpid(), signal.SIGHUP); print("runs")']);
    t.is(stdout, 'runs\n');
  });
}

test('softdog keeps the options that it was loaded with, so a rehearsal starts everything', async (t) => {
  const { setMode } = await machine(t);
  for (const mode of ['armed', 'rehearse', 'armed']) t.true((await setMode(mode)).asked.includes(`start ${all}`), mode);
});

test('an idle node waits for no lock', async (t) => {
  const { setMode, lrmIs } = await machine(t);
  await setMode('idle');
  await lrmIs('wait_for_agent_lock');
  t.deepEqual((await setMode('idle')).asked, [`is-active ${all}`]);
});

test('a watchdog that a multiplexer left running is stopped, and its marker goes', async (t) => {
  const { at, setMode } = await machine(t);
  await mkdir(at('run/watchdog-mux.active'));
  t.is((await setMode('rehearse')).code, 0);
  t.is(await readFile(at('dev/watchdog1'), 'utf8'), 'V');
  t.false(existsSync(at('run/watchdog-mux.active')));
});

test('a watchdog that nobody left running is not touched, nor is one that is not softdog', async (t) => {
  const { at, setMode, write } = await machine(t);
  await setMode('armed');
  t.is(await readFile(at('dev/watchdog1'), 'utf8'), '');
  await mkdir(at('run/watchdog-mux.active'));
  await write('class/watchdog1/identity', 'iTCO_wdt\n');
  await setMode('rehearse');
  t.is(await readFile(at('dev/watchdog1'), 'utf8'), '');
});

test('a multiplexer without a watchdog is a failure that says why', async (t) => {
  const { setMode, write } = await machine(t);
  await write('broken', '');
  const { code, stderr } = await setMode('armed');
  t.is(code, 1);
  t.is(stderr, 'set-mode: watchdog-mux has no watchdog: softdog is not part of the image\n');
});

test('an unknown mode changes nothing', async (t) => {
  const { at, setMode } = await machine(t);
  const { code, stderr, asked } = await setMode('off');
  t.deepEqual({ code, stderr, asked }, { code: 2, stderr: 'usage: set-mode armed|idle|rehearse\n', asked: [] });
  t.false(existsSync(at('etc/mode')));
});

import { dirname, join } from 'node:path';
import test from 'ava';
import { sshArgv } from '../../../src/worlds/virtual/ssh-argv.ts';

test('ssh is told the key, the known hosts and the way of this lab, and nothing of its user', (t) => {
  const pipe = join(dirname(import.meta.dirname), '..', '..', 'src/worlds/virtual/pipe.ts');
  t.deepEqual(sshArgv({ folder: '/run/labs/rack.1.2.3', device: 'pve1', nodeBinary: '/opt/node' }), [
    'ssh', '-F', 'none', '-i', '/run/labs/rack.1.2.3/id_ed25519',
    '-o', 'IdentitiesOnly=yes', '-o', 'UserKnownHostsFile=/run/labs/rack.1.2.3/known_hosts', '-o', 'GlobalKnownHostsFile=none',
    '-o', 'StrictHostKeyChecking=yes', '-o', 'UpdateHostKeys=no', '-o', `ProxyCommand=/opt/node ${pipe} /run/labs/rack.1.2.3/pve1.ssh`,
    'root@pve1',
  ]);
});

test('a folder with spaces and percent signs survives the shell and ssh\'s tokens', (t) => {
  const argv = sshArgv({ folder: '/run/50% off', device: 'pve1', nodeBinary: '/opt/my node' });
  const proxy = argv.find((word) => word.startsWith('ProxyCommand='))!;
  t.true(proxy.startsWith("ProxyCommand='/opt/my node' "));
  t.true(proxy.endsWith(" '/run/50%% off/pve1.ssh'"));
});

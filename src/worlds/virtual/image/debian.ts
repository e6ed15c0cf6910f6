// The root folder of lab machines: Debian, installed by mmdebstrap, with its signatures checked.

import { asRoot } from '../../building/privileges.ts';
import { run } from '../../building/programs.ts';
import { nodeSuite, packages } from './recipe/packages.ts';

interface DebianOptions { readonly mirror: string; readonly keyring: string; readonly root: string; readonly uid: number; readonly signal: AbortSignal }

/** Fills the folder `root`, which must not exist. */
export const makeRoot = async ({ mirror, keyring, root, uid, signal }: DebianOptions): Promise<void> => {
  await run([...asRoot(uid), 'mmdebstrap', '--mode=root', '--format=directory', '--variant=essential', '--architectures=amd64',
    `--include=${Object.keys(packages).join(',')}`, `--keyring=${keyring}`, '--aptopt=Acquire::Languages "none"',
    // The folder is thrown away if anything fails: no need to wait for the disk after each file. dpkg's path-exclude has no
    // place here: mmdebstrap would start a Python program for each package, which doubles the time; assemble.sh cleans up.
    '--dpkgopt=force-unsafe-io',
    nodeSuite, root, mirror], { signal });
};

/** Versions for the record, by what one calls them. */
export const versions = async (root: string, signal: AbortSignal): Promise<Readonly<Record<string, string>>> => {
  const listed = await run(['dpkg-query', `--admindir=${root}/var/lib/dpkg`, '--show', '--showformat', '${Package} ${Version}\n', ...Object.keys(named), 'base-files'], { signal });
  const found = new Map(listed.split('\n').filter(Boolean).map((line) => line.split(' ', 2) as [string, string]));
  return {
    debian: `${found.get('base-files') ?? '?'} (${nodeSuite})`,
    ...Object.fromEntries(Object.entries(named).map(([name, word]) => [word, found.get(name) ?? '?'])),
  };
};

const named: Readonly<Record<string, string>> = {
  corosync: 'corosync', 'corosync-qdevice': 'corosync-qdevice', libknet1t64: 'knet', systemd: 'systemd', ifupdown2: 'ifupdown2', iproute2: 'iproute2', python3: 'python3', 'openssh-server': 'openssh', libc6: 'libc', 'openvswitch-switch': 'openvswitch', 'libteam-utils': 'teamd',
};

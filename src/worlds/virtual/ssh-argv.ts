// How people log in to a machine of a lab that is up, with the ssh of their system.

import { join } from 'node:path';
import type { DeviceId } from '../../model/lab.ts';
import { shellText } from '../../transport/quote.ts';
import { names } from './launch.ts';

export interface SshTarget {
  /** The lab's folder. */
  readonly folder: string;
  readonly device: DeviceId;
  /** The running Node.js program. */
  readonly nodeBinary: string;
}

/** The command line of ssh(1) without a remote command; nothing of the user's own ssh configuration or known hosts takes part. */
export const sshArgv = ({ folder, device, nodeBinary }: SshTarget): readonly string[] => {
  // ssh puts `exec` in front and gives the text to the user's shell, after it replaced percent signs (ssh_config(5), ProxyCommand and TOKENS).
  const proxy = shellText([nodeBinary, join(import.meta.dirname, 'pipe.ts'), join(folder, names.ssh(device))]).replaceAll('%', '%%');
  return [
    'ssh', '-F', 'none', '-i', join(folder, names.key),
    ...['IdentitiesOnly=yes', `UserKnownHostsFile=${join(folder, names.knownHosts)}`, 'GlobalKnownHostsFile=none', 'StrictHostKeyChecking=yes', 'UpdateHostKeys=no', `ProxyCommand=${proxy}`]
      .flatMap((option) => ['-o', option]),
    `root@${device}`,
  ];
};

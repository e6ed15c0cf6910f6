// Guests of a Proxmox VE node: a reset of the node is a reset of theirs, so each must be the lab's own.

import type { Survey } from './survey.ts';

/** The tag that makes a guest the lab's. */
export const guestTag = 'bondproof';

export const guestsWrong = ({ guests, node }: Survey): string | null => {
  if (guests === null) return node.ha === 'pve' ? 'its guests cannot be seen: /etc/pve/qemu-server or /etc/pve/lxc is not there' : null;
  const foreign = guests.filter(({ tags }) => !tags.split(/[;,\s]+/).includes(guestTag));
  return foreign.length === 0 ? null : `without tag ${guestTag}: ${foreign.map(({ config }) => config).join(', ')}`;
};

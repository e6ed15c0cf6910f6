// The lease that tx-silent and its control can be made by: the kernel holds it (agent/node/nft.py), and this asks for it, ends it and looks for it.

import type { Action, Change, Command } from '../model/command.ts';
import type { Link } from '../model/lab.ts';
import { nicState } from './netem.ts';

/**
 * The parts are orders to the holder, for the lease is its own: nobody else can change the table, and table and sink go with it. So the revert,
 * which any later program must be able to carry out, ends the holder.
 */
export const planLease = ({ node, nic }: Link, lossPercent: 0 | 100): Change => {
  const act = (...argv: readonly string[]): Action => ({ device: node, command: { argv } });
  return {
    stage: [act('lease', 'stage', nic)],
    apply: [act('lease', 'apply', nic, `${lossPercent}%`)],
    revert: [{ device: node, command: endLease(nic) }],
    traces: [{ device: node, command: nicState(nic) }, { device: node, command: leaseState }],
  };
};

/**
 * Prints tables of the family netdev as nft does, and `sink bondproof-sink`. Where nf_tables is not loaded there is no table, and to ask would load
 * it; without nft neither, for the table's owner is an nft that runs.
 */
export const leaseScript = `
if command -v nft > /dev/null && { [ ! -e /proc/modules ] || grep -qs '^nf_tables \\|/nf_tables[.]ko' /proc/modules "/lib/modules/$(uname -r)/modules.builtin"; }
then nft list tables netdev; fi
links=$(ip addr show)
case $links in *': bondproof-sink: '*) echo 'sink bondproof-sink';; esac
`;

/** With -e: what cannot be read ends the command with an error. It is unknown then, never nothing. */
export const leaseState: Command = { argv: ['sh', '-euc', leaseScript, 'bondproof-lease'] };

/** The parts of a lease that `leaseScript` printed. */
export const leaseParts = (stdout: string): readonly string[] => stdout.split('\n').filter((line) => line === 'table netdev bondproof' || line === 'sink bondproof-sink');

/** Ends whoever has a lease on the device, sees that it is gone, and fails where it is not; done at once where there is none. `nic` is for the reader of records. */
export const endLease = (nic: string): Command => ({ argv: ['sh', '-euc', endScript, 'bondproof-end-lease', nic, leaseScript] });

/**
 * The kernel says who holds the lock of faults (/proc/locks, fs/locks.c lock_get_status: device and inode of the file): a number that the holder wrote
 * down itself could be another process's by now. Killed, not asked to go: it may be stopped. What has no holder, as nothing of ours can, is removed.
 */
const endScript = `
nic=$1; look=$2
there() { found=$(sh -euc "$look") || exit; case $found in *'table netdev bondproof'*|*'sink bondproof-sink'*) return 0;; esac; return 1; }
holder() {
  lock=$(stat -c '%d %i' /run/bondproof/fault.lock 2> /dev/null) || return 0
  device=\${lock% *}
  lock=$(printf '%02x:%02x:%d' $(($device >> 8 & 0xfff)) $(($device & 0xff | $device >> 12 & 0xfff00)) "\${lock#* }")
  while read -r n kind advisory mode pid file rest; do if [ "$kind $file" = "FLOCK $lock" ]; then echo "$pid"; fi; done < /proc/locks
}
there || exit 0
for pid in $(holder); do kill -KILL "$pid" || true; done
tries=0
while there; do
  tries=$((tries + 1))
  if [ $tries -eq 20 ]; then ip link del dev bondproof-sink || true; nft delete table netdev bondproof || true; fi
  if [ $tries -gt 40 ]; then echo "there is still a lease, asked for $nic: $found" >&2; exit 1; fi
  sleep 0.05
done
`;

// The netem that tx-silent and its control can be made by: stage without loss, change the loss, take both away.

import type { Action, Change, Command } from '../model/command.ts';
import type { Link } from '../model/lab.ts';

/**
 * Puts netem on the link's NIC and sets its loss. netem answers NET_XMIT_SUCCESS for what it drops (net/sched/sch_netem.c netem_enqueue), so
 * that neither bonding nor a socket sees an error.
 *
 * The qdisc is added, never replaced: the kernel's default root has handle 0 and gives way, a root that somebody set up keeps its place and the
 * staging fails (net/sched/sch_api.c tc_modify_qdisc). The loss is changed, not the qdisc, because a new root qdisc restarts the queue.
 */
export const planNetem = ({ node, nic }: Link, lossPercent: 0 | 100): Change => {
  const act = (command: Command): Action => ({ device: node, command });
  return {
    stage: [act(netem('add', nic, 0))],
    apply: [act(netem('change', nic, lossPercent))],
    revert: [
      { ...act(netem('change', nic, 0)), accept: doneOrNotThere },
      { ...act({ argv: ['tc', 'qdisc', 'del', 'dev', nic, 'root', 'handle', ourHandle] }), accept: doneOrNotThere },
    ],
    traces: [act(nicState(nic))],
  };
};

/** What of a NIC a fault could leave changed. Counters and what the bond does with it are not among it. */
export const nicState = (nic: string): Command => ({ argv: ['sh', '-euc', stateScript, 'bondproof-state', nic] });

const stateScript = `
tc -d qdisc show dev "$1"; tc filter show dev "$1"
for name in mtu tx_queue_len carrier; do read -r value < "/sys/class/net/$1/$name"; echo "$name $value"; done
`;

/** A major number of our own, so that only our qdisc is ever changed or deleted. */
export const ourHandle = 'b0d:';

/**
 * tc ends with 2 when the kernel refuses (man tc, EXIT STATUS), which for a qdisc named by its handle means that it is not there (tc_get_qdisc:
 * "Cannot find specified qdisc", "Invalid handle"). A missing NIC is 1, and stays a failure. What else the kernel could refuse, the proof that
 * the fault is gone finds out.
 */
const doneOrNotThere = [0, 2] as const;

const netem = (verb: 'add' | 'change', nic: string, lossPercent: 0 | 100): Command => ({
  argv: ['tc', 'qdisc', verb, 'dev', nic, 'root', 'handle', ourHandle, 'netem', 'loss', `${lossPercent}%`],
});

// The netem that faults of sending are made by: stage without loss, change the loss, take all of it away.

import type { Action, Change, Command } from '../model/command.ts';
import type { DeviceId, Link } from '../model/lab.ts';

interface Card { readonly device: DeviceId; readonly nic: string }

/** Puts netem on the link's NIC and sets its loss. */
export const planNetem = ({ node, nic }: Link, lossPercent: 0 | 100): Change => planNetemOn({ device: node, nic }, lossPercent);

/**
 * The same on any device's. netem answers NET_XMIT_SUCCESS for what it drops (net/sched/sch_netem.c netem_enqueue), so that neither bonding nor a
 * socket sees an error.
 *
 * The qdisc is added, never replaced: the kernel's default root has handle 0 and gives way, a root that somebody set up keeps its place and the
 * staging fails (net/sched/sch_api.c tc_modify_qdisc). The loss is changed, not the qdisc, because a new root qdisc restarts the queue.
 */
export const planNetemOn = ({ device, nic }: Card, lossPercent: 0 | 100): Change =>
  planLoss({ device, nic }, { place: ['root', 'handle', ourHandle], around: [], lossPercent });

/** Of the bands below, the one that LACPDUs go to and the one of all else. */
const bands = { lacpdus: 1, data: 2 } as const;

/**
 * The same for one kind of frames alone: netem under one of two bands, and nothing under the other. What a band answers is what the sender hears
 * (net/sched/sch_prio.c prio_enqueue), and of netem's answer no more than success gets that far (net/core/dev.c dev_qdisc_enqueue, NET_XMIT_MASK).
 * A filter whose action drops would be heard of: ENOBUFS.
 */
export const planNetemFor = (lost: keyof typeof bands, { node, nic }: Link): Change => {
  const everyPriority = Array.from({ length: 16 }, () => String(bands.data - 1));
  return planLoss({ device: node, nic }, {
    place: ['parent', `${ourHandle}${bands[lost]}`, 'handle', bandHandle],
    around: [
      ['tc', 'qdisc', 'add', 'dev', nic, 'root', 'handle', ourHandle, 'prio', 'bands', '2', 'priomap', ...everyPriority],
      ['tc', 'filter', 'add', 'dev', nic, 'parent', ourHandle, 'protocol', slowProtocols, 'pref', '1', 'matchall', 'classid', `${ourHandle}${bands.lacpdus}`],
    ],
    lossPercent: 100,
  });
};

/** IEEE 802.3, annex 57A: LACPDUs, and what else is as slow. */
const slowProtocols = '0x8809';

interface Loss { readonly place: readonly string[]; readonly around: readonly (readonly string[])[]; readonly lossPercent: 0 | 100 }

/** The root goes with all that is below it. */
const planLoss = ({ device, nic }: Card, { place, around, lossPercent }: Loss): Change => {
  const act = (argv: readonly string[]): Action => ({ device, command: { argv } });
  const netem = (verb: 'add' | 'change', percent: 0 | 100): Action => act(['tc', 'qdisc', verb, 'dev', nic, ...place, 'netem', 'loss', `${percent}%`]);
  return {
    stage: [...around.map(act), netem('add', 0)],
    apply: [netem('change', lossPercent)],
    revert: [
      { ...netem('change', 0), accept: doneOrNotThere },
      { ...act(['tc', 'qdisc', 'del', 'dev', nic, 'root', 'handle', ourHandle]), accept: doneOrNotThere },
    ],
    traces: [{ device, command: nicState(nic) }],
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
const bandHandle = 'b0e:';

/**
 * tc ends with 2 when the kernel refuses (man tc, EXIT STATUS), which for a qdisc named by its handle means that it is not there (tc_get_qdisc:
 * "Cannot find specified qdisc", "Invalid handle"). A missing NIC is 1, and stays a failure. What else the kernel could refuse, the proof that
 * the fault is gone finds out.
 */
const doneOrNotThere = [0, 2] as const;

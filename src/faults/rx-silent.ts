// The mirrored fault: a NIC that sends, and hears nothing. What LACP misses then the node itself misses, at the rate that it asked for.

import type { Action, Command } from '../model/command.ts';
import type { DeviceId } from '../model/lab.ts';
import type { Fault } from './fault.ts';
import { planCable } from './cable.ts';
import { nicState } from './netem.ts';

/**
 * Of an ingress block (tc(8), ingress_block), which clsact has from the moment it is made: a clsact qdisc has one handle, ffff:, whoever made it
 * (net/sched/sch_ingress.c), so this alone tells ours. 0xb0d.
 */
export const ourBlock = '2829';

const filter = (pref: '1' | '2', action: 'pass' | 'drop'): Command => ({
  // Not in hardware, whose drops the qdisc would not count.
  argv: ['tc', 'filter', 'add', 'block', ourBlock, 'protocol', 'all', 'pref', pref, 'matchall', 'skip_hw', 'action', action],
});

/** Takes away the clsact that has our block, with its filters, and no other. `$1`: the NIC. */
const endScript = `
found=$(tc qdisc show dev "$1")
case "$found " in *" ingress_block ${ourBlock} "*) tc qdisc del dev "$1" clsact;; esac
`;

/** Done at once where it is not there. tc says no with 2 (man tc, EXIT STATUS): then the proof that the fault is gone finds it. */
export const endIngress = ({ device, nic }: { readonly device: DeviceId; readonly nic: string }): Action =>
  ({ device, command: { argv: ['sh', '-euc', endScript, 'bondproof-end-ingress', nic] }, accept: [0, 2] });

/** First, so that nothing is lost any more whatever becomes of the rest; 2 where there is no such filter. */
const endDrop = (device: DeviceId): Action => ({ device, command: { argv: ['tc', 'filter', 'del', 'block', ourBlock, 'protocol', 'all', 'pref', '1'] }, accept: [0, 2] });

export const rxSilent: Fault = {
  name: 'rx-silent',
  summary: 'Every frame to the NIC is lost, LACPDUs included; carrier and sending stay.',
  // A lease silences what is sent (agent/node/nft.py).
  injectors: ['netem', 'cable'],
  proof: (injector) => ({ canary: 'kept-in-use', tx: 'moves', carrier: 1, ...injector === 'cable' ? { drops: null, rx: 'still' } : { drops: 'rise', rx: 'dropped' } }),

  /**
   * Ingress comes after the taps of packet sockets and before the bond (net/core/dev.c __netif_receive_skb_core: ptype_all, sch_handle_ingress,
   * rx_handler): the agent still sees what comes, the bond does not, LACPDUs included. Who sent it hears of no drop that happens here.
   *
   * A clsact that somebody set up keeps its place, and the staging fails. The filter that passes is the proof that one that drops can be made.
   */
  plan(link, { injector }) {
    if (injector === 'cable') return planCable(link, 'to-node');
    const { node, nic } = link;
    const act = (command: Command): Action => ({ device: node, command });
    return {
      stage: [act({ argv: ['tc', 'qdisc', 'add', 'dev', nic, 'ingress_block', ourBlock, 'clsact'] }), act(filter('2', 'pass'))],
      apply: [act(filter('1', 'drop'))],
      revert: [endDrop(node), endIngress({ device: node, nic })],
      traces: [act(nicState(nic))],
    };
  },
};

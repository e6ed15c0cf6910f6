// The lab as it looks right now, kept up to date from the events of the trial: what the trial waits and decides by.

import type { Event } from '../model/event.ts';
import { middleUs } from '../model/instant.ts';
import type { NodeId } from '../model/lab.ts';

export interface NodeView {
  /** When the agent last said something; null while it is not running. */
  agentUs: number | null;
  bootId: string | null;
  quorate: boolean | null;
  /** The last change of membership, token, knet or quorum that this node reported. */
  disturbedUs: number | null;
  /** When the node last lost or did not have ordered delivery; null: never seen. */
  undeliveredUs: number | null;
  deliveredUs: number | null;
  heardUs: Record<NodeId, number>;
  /** When the last line was logged that came back as an echo; null: none came yet. */
  echoedUs: number | null;
  /** The LRM's last refresh of its lock, and its state. */
  refreshedUs: number | null;
  lrmState: string | null;
  doomed: boolean;
  /** Actor and partner bits by slave. */
  lacp: Record<string, { readonly actor: number; readonly partner: number }>;
  resetUs: number | null;
  backUs: number | null;
}

export interface LabView {
  readonly nodes: ReadonlyMap<NodeId, NodeView>;
  /** When the bond of the victim stopped using the hit slave, after the injection. Of two victims: when both had; one that was reset, and is back, has lost its fault with it. */
  gaveUpUs: number | null;
  /** When the canary of each victim was last heard; null: never. */
  readonly canaryHeardUs: Record<NodeId, number | null>;
  canariesSent: number;
}

/** Delivery that takes longer than this is called an outage: the token of three nodes turns in milliseconds. */
const slowDeliveryMs = 1000;

const distributing = 0x20; // LACP_STATE_DISTRIBUTING, uapi/linux/if_bonding.h

export const emptyNode = (): NodeView => ({
  agentUs: null, bootId: null, quorate: null, disturbedUs: null, undeliveredUs: null, deliveredUs: null, heardUs: {}, echoedUs: null,
  refreshedUs: null, lrmState: null, doomed: false, lacp: {}, resetUs: null, backUs: null,
});

/** Follows the events of a record; `update` is to be called with each, in order. The first of the victims is the lab's. */
export const labView = (nodes: readonly NodeId[], victims: readonly NodeId[]): LabView & { update(event: Event): void } => {
  const [victim] = victims;
  const view: LabView = {
    nodes: new Map(nodes.map((name) => [name, emptyNode()])), gaveUpUs: null, canaryHeardUs: Object.fromEntries(victims.map((name) => [name, null])), canariesSent: 0,
  };
  const hits = new Map<NodeId, string>();
  const ends = new Map<NodeId, number>();
  let injected = false;
  const isEnd = (event: Event): NodeId | null => {
    if (event.type === 'node-back') return victims.length > 1 && hits.has(event.node) ? event.node : null;
    return gaveUp(event, hits.get(event.by)) ? event.by : null;
  };

  const update = (event: Event): void => {
    const atUs = middleUs(event.at);
    if (event.type === 'target-chosen') for (const { link } of [event, ...event.also === undefined ? [] : [event.also]]) hits.set(link.node, link.nic);
    if (event.type === 'fault-applied') injected = true;
    const ended = injected && view.gaveUpUs === null ? isEnd(event) : null;
    if (ended !== null) {
      ends.set(ended, ends.get(ended) ?? atUs);
      if (ends.size === hits.size) view.gaveUpUs = atUs;
    }
    if (event.type === 'tick') {
      view.canariesSent += event.canarySent.length;
      if (event.canaryHeard.length > 0) view.canaryHeardUs[victim!] = atUs;
      for (const name of Object.keys(event.canaryHeardOf ?? {})) view.canaryHeardUs[name] = atUs;
    }
    const node = view.nodes.get('node' in event && event.by === 'harness' ? event.node : event.by);
    if (node) updateNode(node, event, atUs);
  };
  return Object.assign(view, { update });
};

const gaveUp = (event: Event, hit: string | undefined): boolean => {
  if (hit === undefined) return false;
  if (event.type === 'lacp-changed') return event.slave === hit && (event.actor & distributing) === 0;
  if (event.type === 'slave-changed') return event.slave === hit && !event.miiUp;
  if (event.type === 'link-changed') return event.nic === hit && !event.carrier;
  return false;
};

const updateNode = (node: NodeView, event: Event, atUs: number): void => {
  switch (event.type) {
    case 'agent-started': node.agentUs = atUs; node.bootId = event.bootId; return;
    case 'agent-lost': node.agentUs = null; return;
    case 'node-reset': Object.assign(node, emptyNode(), { resetUs: event.at[0] }); return;
    case 'node-back': node.backUs = atUs; return;
    case 'tick':
      node.agentUs = atUs;
      for (const [peer, seqs] of Object.entries(event.heard)) if (seqs.length > 0) node.heardUs[peer] = atUs;
      if (event.delivered.length > 0) node.deliveredUs = atUs;
      if (event.undeliveredMs > slowDeliveryMs) node.undeliveredUs = atUs;
      return;
    case 'journal-echoed': node.echoedUs = atUs; return;
    case 'knet-link-changed': case 'token-lost': case 'membership-formed': node.disturbedUs = atUs; return;
    case 'quorum-changed': node.quorate = event.quorate; node.disturbedUs = atUs; return;
    case 'lacp-changed': node.lacp[event.slave] = { actor: event.actor, partner: event.partner }; return;
    case 'lrm-refreshed': node.refreshedUs = atUs; node.lrmState = event.state; return;
    case 'lrm-status-changed': node.lrmState = event.to; return;
    case 'fence-ordered': case 'watchdog-expired': node.doomed = true; return;
    default: return;
  }
};

// What only real Proxmox VE can tell: a claim each.

import { haManager, bonds, needsRealPve, untestable } from './cells.ts';
import type { Claim } from './claim.ts';

const claim = (id: string, source: Claim['source'], phrase: string, quantifier: Claim['quantifier'], population: string): Claim =>
  ({ id, source, phrase, quantifier, population, ...untestable(needsRealPve) });

export const untestedHa: readonly Claim[] = [
  claim('C16', bonds, 'nodes with HA resources will fence themselves already after roughly one minute without a stable quorum', 'number', 'a node with HA resources loses quorum for good'),
  claim('C25', haManager, 'this happens after 60 seconds', 'number', 'a node with an active LRM loses quorum for good'),
  claim('C26', haManager, 'failover times of about 2 minutes', 'number', 'a node with HA resources is lost'),
  claim('C27', haManager, 'if a node has an active CRM but the LRM is idle, a quorum loss will not trigger a self-fence', 'never', 'a node whose LRM is idle loses quorum'),
];

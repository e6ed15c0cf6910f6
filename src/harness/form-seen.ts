// Whether ports have the form that they were put into: as the switch says, and as its LACPDUs tell the nodes.

import type { Lab, Link } from '../model/lab.ts';
import type { LacpRate, PortsConfig } from '../model/scenario.ts';
import type { Aggregate } from '../model/switch-facts.ts';
import type { FormPlan } from './form-plan.ts';
import { rateHeard } from './ports-ready.ts';
import type { Survey } from './survey.ts';

export interface PortSeen {
  readonly node: string;
  readonly port: string;
  readonly aggregate: Aggregate | null;
  /** Null: the switch does not say, or there is no aggregate. */
  readonly inUse: boolean | null;
  readonly held: boolean;
}

/** What the switch says of each port of the lab file. What it does not say is not held against it. */
export const portsSeen = ({ groups, ports }: FormPlan, aggregates: readonly Aggregate[]): readonly PortSeen[] => groups.flatMap(({ name, ports: names }) => names.map((port): PortSeen => {
  const aggregate = aggregates.find(({ members }) => members.some((member) => member.port === port)) ?? null;
  const inUse = aggregate?.members.find((member) => member.port === port)?.inUse ?? null;
  return { node: name, port, aggregate, inUse, held: !isOtherForm(ports, aggregate) && (ports.kind === 'plain' || inUse !== false) };
}));

/** Whether the aggregate that a port is in, null being none, says that the port has another form than this. */
export const isOtherForm = (ports: PortsConfig, aggregate: Aggregate | null): boolean => {
  if (ports.kind === 'plain' || aggregate === null) return ports.kind !== 'plain' || aggregate !== null;
  return (aggregate.mode ?? ports.kind) !== ports.kind || ports.kind === 'lacp' && (aggregate.rate ?? ports.rate) !== ports.rate;
};

/** What the switch asks for in the LACPDUs that come to each NIC; null: none are heard there. */
export interface RateHeard { readonly link: Pick<Link, 'node' | 'nic' | 'port'>; readonly rate: LacpRate | null }

export const ratesHeard = ({ links }: Lab, surveys: ReadonlyMap<string, Survey>): readonly RateHeard[] => links.map((link) => {
  const { ad_actor_oper_port_state: actor, ad_partner_oper_port_state: partner } = surveys.get(link.node)?.links.find(({ ifname }) => ifname === link.nic)?.linkinfo?.info_slave_data ?? {};
  return { link, rate: actor === undefined || partner === undefined ? null : rateHeard({ actor, partner }) };
});

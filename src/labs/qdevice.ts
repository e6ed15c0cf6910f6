// Which of the labs that bondproof makes itself can have a QDevice: its host is the machine that plays the switch.

interface Shape { readonly nodes?: unknown; readonly ipVersion?: unknown; readonly addressOn?: unknown; readonly engine?: unknown }

/** Null, or what of a shape a QDevice does not go with; what is left out says nothing. */
export const qdeviceWrong = ({ nodes, ipVersion, addressOn, engine }: Shape): { readonly found: string; readonly right: string } | null => {
  // PVE/CLI/pvecm.pm, setup_qdevice: "Clusters with an odd node count are not officially supported!"
  if (typeof nodes === 'number' && nodes % 2 === 1) return { found: `qdevice with ${nodes} nodes`, right: 'an even number of nodes: with an odd one `pvecm qdevice setup` refuses' };
  if (ipVersion === 'ipv6') return { found: 'qdevice with ipVersion ipv6', right: 'ipVersion ipv4: the switch, which is the QDevice’s host, has no other address' };
  // The dialect takes the switch's address along to its own bridge, and no VLAN of it (switches/openvswitch.ts).
  if (addressOn === 'vlan' && engine === 'openvswitch') return { found: 'qdevice with addressOn vlan and switch openvswitch', right: 'another of the two: with Open vSwitch the QDevice’s host is in no VLAN' };
  // By which MAC the nodes reach it decides what a trial sees, and ifupdown2's stanzas leave the bridge its own (model/port-stanzas.ts).
  if (engine === 'cumulus') return { found: 'qdevice with switch cumulus', right: 'switch linux, openvswitch or teamd: with cumulus nobody can tell by which NIC its host is reached' };
  return null;
};

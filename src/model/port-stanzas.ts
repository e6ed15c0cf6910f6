// The ports of a switch as stanzas of ifupdown2, in the form that the user guide of Cumulus Linux has for them.

/** The lab's ports are in a file of their own, which `source /etc/network/interfaces.d/*.intf` brings in, as Cumulus Linux has it; all else is the switch's administrator's. */
export const portsFile = '/etc/network/interfaces.d/bondproof.intf';

export const stanza = (name: string, options: readonly string[] = [], family = ''): string =>
  [`auto ${name}`, `iface ${name}${family}`, ...options.map((option) => `    ${option}`), ''].join('\n');

/** Without a VLAN filter tagged frames pass as all do. Spanning tree would keep ports shut that have just changed, and so would ifupdown2's own delay of 15 s (addons/bridge.py, bridge-fd). */
export const bridgeStanza = (name: string, ports: readonly string[]): string =>
  stanza(name, [`bridge-ports ${ports.join(' ')}`, 'bridge-vlan-aware no', 'bridge-stp off', 'bridge-fd 0']);

export const portsText = (stanzas: readonly string[]): string => ['# The switch ports of a lab. bondproof writes this file as a whole.\n', ...stanzas].join('\n');

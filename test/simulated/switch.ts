// `ip -d -j addr show` of the simulated switch.

export type SwitchForm = 'plain' | 'static' | 'slow' | 'fast';

/** Of the n-th port, from 0: two of them lead to each node. */
export const bondName = (n: number): string => `po${Math.floor(n / 2) + 1}`;

/** `ip -s -j addr show`, as far as it is read. */
export const switchCounters = (ports: ReadonlyMap<string, { readonly rxBytes: number }>): string =>
  JSON.stringify([...ports].map(([ifname, { rxBytes }]) => ({ ifname, stats64: { rx: { bytes: rxBytes } } })));

export const switchLinks = (ports: readonly string[], form: SwitchForm): string => {
  const flags = ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'];
  const lacp = form === 'slow' || form === 'fast';
  const bonds = form === 'plain' ? [] : [...new Set(ports.map((_, n) => bondName(n)))].map((ifname) => ({
    ifname, flags, master: 'br0', linkinfo: { info_kind: 'bond', info_data: lacp ? { mode: '802.3ad', ad_lacp_rate: form } : { mode: 'balance-xor' } },
  }));
  const slave = { mii_status: 'UP', ...(lacp ? { ad_actor_oper_port_state: 63, ad_partner_oper_port_state: 63 } : {}) };
  return JSON.stringify([
    { ifname: 'br0', flags, linkinfo: { info_kind: 'bridge' } }, ...bonds,
    ...ports.map((ifname, n) => form === 'plain' ? { ifname, flags, master: 'br0' } : { ifname, flags, master: bondName(n), linkinfo: { info_slave_kind: 'bond', info_slave_data: slave } }),
  ]);
};

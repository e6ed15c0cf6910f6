// Cumulus Linux with NVUE, against scripts for its programs: their outputs are synthetic, written by hand from the Cumulus Linux User Guide, the NVUE Command
// Reference, iproute2's and lldpcli's JSON. What --confirm-status says is in no manual: those words are our guess, and only their time is read.

import { cumulusNvue } from '../../src/switches/cumulus-nvue.ts';
import { testProgramDialect } from './conformance-programs.ts';
import type { ProgramKind } from './programs.ts';

const node = '52:54:00:00:00:01';
const port = (ifname: string, up: boolean, master?: string, data?: Readonly<Record<string, unknown>>) => ({
  ifname, flags: up ? ['BROADCAST', 'UP', 'LOWER_UP'] : ['BROADCAST', 'UP'], ...master !== undefined && { master },
  ...data !== undefined && { linkinfo: { info_slave_kind: 'bond', info_slave_data: { state: 'ACTIVE', mii_status: 'UP', ...data } } },
});
const bond = (ifname: string, data: Readonly<Record<string, unknown>>) => ({ ifname, flags: ['BROADCAST', 'UP', 'LOWER_UP'], master: 'br_default', linkinfo: { info_kind: 'bond', info_data: data } });

/** `nv set` takes the place of what set the same before, `nv unset` takes away all below; both change what waits, until it is applied. */
const kind: ProgramKind = {
  programs: {
    cat: 'exec /bin/cat "$@"',
    nv: `applied=$STATE/db/applied pending=$STATE/db/pending
begin() { [ -e "$pending" ] || cp "$applied" "$pending"; }
below() { while read -r line; do case "$line " in "$1 "*) ;; *) printf '%s\\n' "$line" ;; esac; done; }
back() { mv "$STATE/db/before" "$applied"; rm "$STATE/db/until"; }
case "$*" in
  "config detach") [ -e "$pending" ] || refuse "no pending revision"; rm "$pending" ;;
  "config show -o commands") sed 's/^/nv set /' "$applied" ;;
  "config apply --confirm "*"s -y") [ -e "$pending" ] || refuse "no pending revision"; [ ! -e "$STATE/db/until" ] || refuse "a revision waits to be confirmed"
    left=\${4%s}; cp "$applied" "$STATE/db/before"; sort "$pending" > "$applied"; rm "$pending"; echo $(($(cat "$STATE/now") + left)) > "$STATE/db/until"; echo applied ;;
  "config apply --confirm-yes") [ -e "$STATE/db/until" ] || refuse "nothing to confirm"; rm "$STATE/db/until" "$STATE/db/before" ;;
  "config apply --confirm-no") [ -e "$STATE/db/until" ] || refuse "nothing to confirm"; back ;;
  "config apply --confirm-status") [ -e "$STATE/db/until" ] || refuse "no revision of 35 waits"; echo "Rolls back in $(($(cat "$STATE/db/until") - $(cat "$STATE/now"))) seconds" ;;
  "tick") if [ -e "$STATE/db/until" ] && [ "$NOW" -ge "$(cat "$STATE/db/until")" ]; then back; fi ;;
  "set interface "*) shift; begin; words=$*; value=\${words##* }; below "\${words% *}" < "$pending" > "$pending.new"; printf '%s\\n' "$words" >> "$pending.new"; mv "$pending.new" "$pending" ;;
  "unset interface "*) shift; begin; below "$*" < "$pending" > "$pending.new"; ! cmp -s "$pending" "$pending.new" || refuse "$* is not set"; mv "$pending.new" "$pending" ;;
  *) refuse "unknown: $*" ;;
esac`,
  },
  answers: {
    'cat /etc/os-release': 'NAME="Cumulus Linux"\nVERSION_ID=5.9.1\nVERSION="Cumulus Linux 5.9.1"\nID=cumulus-linux\n',
    'ip -d -j addr show': JSON.stringify([
      port('swp1', true, 'bond11', { ad_actor_oper_port_state: 63, ad_partner_oper_port_state: 61 }),
      port('swp2', true, 'bond11', { ad_actor_oper_port_state: 143, ad_partner_oper_port_state: 55 }),
      port('swp3', true, 'bond12', {}), port('swp9', false),
      bond('bond11', { mode: '802.3ad', ad_lacp_rate: 'fast' }), bond('bond12', { mode: 'balance-xor' }), bond('bond13', { mode: 'active-backup' }),
    ]),
    'lldpcli -f json0 show neighbors': JSON.stringify({ lldp: [{ interface: [
      { name: 'swp1', via: 'LLDP', chassis: [{ id: [{ type: 'mac', value: node }], name: [{ value: 'pve1' }] }], port: [{ id: [{ type: 'mac', value: node }], descr: [{ value: 'eth1' }] }] },
      { name: 'swp2', via: 'LLDP', chassis: [{ id: [{ type: 'mac', value: node }] }], port: [{ id: [{ type: 'ifname', value: 'eth2' }], descr: [{ value: 'to the switch' }] }] },
    ] }] }),
    'bridge -j fdb show': JSON.stringify([
      { mac: node, ifname: 'bond11', vlan: 20, flags: [], master: 'br_default', state: '' },
      { mac: '02:00:00:00:00:11', ifname: 'bond11', flags: [], master: 'br_default', state: 'permanent' },
    ]),
    'ip -j -s addr show': JSON.stringify([{ ifname: 'swp1', flags: [], stats64: { rx: { bytes: 1000, packets: 10 }, tx: { bytes: 2000, packets: 20 } } }]),
    'date -u +%Y-%m-%dT%H:%M:%SZ': '2026-11-30T09:00:00Z\n',
  },
  before: `printf '%s\\n' 'interface bond11 bond lacp-rate slow' 'interface bond11 bond member swp1' 'interface bond11 bond mode lacp' 'interface bond11 bridge domain br_default access 20' 'interface swp2 bridge domain br_default access 20' 'interface swp1 link state up' > "$STATE/db/applied"`,
  running: 'cat "$STATE/db/applied"',
  tick: 'export NOW; nv tick',
};

const bits = { activity: true, timeout: true, aggregation: true, synchronization: true, collecting: true, distributing: true, defaulted: false, expired: false };
const silent = { receive: null, partnerSystem: null, lacpdus: null };

testProgramDialect(cumulusNvue, {
  kind,
  facts: {
    identity: { vendor: 'NVIDIA', model: null, version: '5.9.1', serial: null },
    aggregates: [
      { name: 'bond11', mode: 'lacp', rate: 'fast', members: [
        { ...silent, port: 'swp1', actor: bits, partner: { ...bits, timeout: false }, inUse: true },
        { ...silent, port: 'swp2', actor: { ...bits, collecting: false, distributing: false, expired: true }, partner: { ...bits, synchronization: false }, inUse: false },
      ] },
      { name: 'bond12', mode: 'static', rate: null, members: [{ ...silent, port: 'swp3', actor: null, partner: null, inUse: true }] },
    ],
    neighbours: [{ port: 'swp1', system: 'pve1', chassis: node, theirPort: 'eth1' }, { port: 'swp2', system: null, chassis: node, theirPort: 'eth2' }],
    learned: [{ mac: node, port: 'bond11', vlan: 20 }],
    counters: [{ port: 'swp1', unit: 'octets', received: 1000n, sent: 2000n }],
    clock: { shown: '2026-11-30T09:00:00Z', utc: '2026-11-30T09:00:00Z' },
    links: [...['swp1', 'swp2', 'swp3'].map((name) => ({ port: name, up: true })), { port: 'swp9', up: false }, ...['bond11', 'bond12', 'bond13'].map((name) => ({ port: name, up: true }))],
  },
  groups: [{ name: 'pve1', ports: ['swp1', 'swp2'], aggregate: 'bond11', vlan: 20 }],
  forms: ['plain', 'static', 'lacp'],
  lacpFast: [
    'interface bond11 bond lacp-rate fast', 'interface bond11 bond member swp1,swp2', 'interface bond11 bond mode lacp', 'interface bond11 bridge domain br_default access 20', 'interface swp1 link state up', '',
  ].join('\n'),
  secret: [
    "nv set system aaa user cumulus hashed-password 'hunter2 x'", 'nv set system aaa tacacs server 1 secret hunter2', 'nv set service snmp-server readonly-community hunter2 access any',
    'nv set system snmp-server readonly-community hunter2 access any', 'nv set vrf default router bgp neighbor swp1 password hunter2',
  ].join('\n'),
});

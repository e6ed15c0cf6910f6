// A Linux switch that is configured as Cumulus Linux has it done by hand: stanzas of ifupdown2, and `ifreload -a`. What forwards, and speaks LACP, is the same
// as on `linux`: the bridge br0 and bonding. (NVUE writes these files itself: a switch that it manages is one of cumulus-nvue.ts.)

import type { Command } from '../model/command.ts';
import { whileIfupdownWorks } from '../model/interfaces.ts';
import { bridgeStanza, portsFile, portsText, stanza } from '../model/port-stanzas.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import { formOf, type PortsConfig } from '../model/scenario.ts';
import type { Dialect, PortGroup } from './dialect.ts';
import { formOfPorts, healthOfPorts, linuxPorts, parseLinks } from './ip-link.ts';
import { bondName, bridge, eachBond, hashPolicy, showLinks, versionOf } from './linux.ts';

export const cumulus: Dialect = {
  name: 'cumulus',
  summary: 'Linux bridge br0 and bonding, configured by ifupdown2 as Cumulus Linux is',
  forms: ['plain', 'static', 'lacp'],

  configure(groups, ports) {
    if (ports.kind === 'lacp' && ports.switches !== undefined) throw new Problem({ asked: `ports of form ${formOf(ports)}`, found: 'this dialect has no second switch', right: 'ports of form plain, static or lacp', exitCode: exitCodes.usage });
    return [put(groups, textOf(groups, ports))];
  },

  current: (groups) => ({ command: showLinks, parse: (stdout) => formOfPorts(groups, parseLinks(stdout), [bridge]) }),
  asFound: (groups) => ({ command: { argv: ['sh', '-eu', '-c', showScript, 'show', portsFile] }, parse: (stdout) => [put(groups, foundText(groups, stdout))] }),
  health: (groups) => ({ command: showLinks, parse: (stdout) => healthOfPorts(groups, parseLinks(stdout)) }),

  ...linuxPorts,
  hashPolicy,

  version: versionOf(['dpkg-query', '--show', 'ifupdown2'], /^ifupdown2\s+(\S+)$/m, 'ifupdown2'),
};

const textOf = (groups: readonly PortGroup[], config: PortsConfig): string => {
  const ports = groups.flatMap((group) => group.ports);
  const bonds = config.kind === 'plain' ? [] : groups.map((group, at) => stanza(bondName(at), [`bond-slaves ${group.ports.join(' ')}`, ...bondOptions(config)]));
  return portsText([...ports.map((port) => stanza(port)), ...bonds, bridgeStanza(bridge, config.kind === 'plain' ? ports : groups.map((_, at) => bondName(at)))]);
};

/**
 * Each is written out, for Cumulus Linux has policies for them (802.3ad, fast LACPDUs, miimon 100, min_links 1, layer3+4) and Debian none: there ifupdown2's own
 * defaults hold, balance-rr with slow LACPDUs and without miimon (addons/bond.py, _modinfo). The hash is that of `linux`, from which these switches are to
 * differ by nothing but how they are configured; a switch chip hashes by itself.
 */
const bondOptions = (config: Exclude<PortsConfig, { kind: 'plain' }>): readonly string[] => [
  ...config.kind === 'lacp' ? ['bond-mode 802.3ad', `bond-lacp-rate ${config.rate}`, 'bond-min-links 1'] : ['bond-mode balance-xor'],
  'bond-miimon 100', `bond-xmit-hash-policy ${hashPolicy}`,
];

/** The file as a whole, put in place and made real. */
const put = (groups: readonly PortGroup[], text: string): Command =>
  ({ argv: ['sh', '-eu', '-c', putScript, 'put', portsFile, ...groups.flatMap((group, at) => [bondName(at), ...group.ports])], stdin: text });

/**
 * The new file is made beside the folder, for what is in it some switches read whatever its name is. It keeps its owner and mode. ifreload takes down what the file
 * before had and this one has not, by a state of its own that it writes last (ifupdown2, ifupdown/ifupdownmain.py, _reload_default): what it began to make when
 * it was killed it knows nothing of. So bonds that are ours, or held our ports, and are in no stanza afterwards, go, and it runs once more: its last word counts. At the end
 * nothing is known of where stations are: that would send frames the wrong way until it ages (300 s).
 */
const putScript = `
file=$1; shift
${whileIfupdownWorks}
new=/etc/network/\${file##*/}.bondproof; [ ! -e "$file" ] || cp -p "$file" "$new"; cat > "$new"
before=$(${eachBond('echo "$bond"')})
mv "$new" "$file"; sync "$file"
left=; ifreload -a || left=yes
for bond in $before $(${eachBond('echo "$bond"')}); do
  [ -e "/sys/class/net/$bond/bonding" ] && ! grep -q "^iface $bond\\( \\|\\$\\)" "$file" || continue
  left=yes; ip link del dev "$bond"
done
[ -z "$left" ] || ifreload -a
ip link set dev ${bridge} type bridge fdb_flush
`;

/** Links; our file in base64, for it is to come back byte for byte; whether it is in force; and all the other files. */
const showScript = `
file=$1
${whileIfupdownWorks}
ip -d -j addr show
if [ -e "$file" ]; then base64 -w 0 "$file"; echo; ifquery --check $(sed -n 's/^auto //p' "$file") > /dev/null 2>&1 && echo in force || echo not in force
else echo; echo absent; fi
for other in /etc/network/interfaces /etc/network/interfaces.d/*; do [ "$other" = "$file" ] || [ ! -f "$other" ] || { cat "$other"; echo; }; done
`;

/** The text of our file; throws a Problem where that alone would not bring back what there is. */
const foundText = (groups: readonly PortGroup[], stdout: string): string => {
  const [links = '', encoded = '', state, ...others] = stdout.split('\n');
  if (state !== 'absent' && state !== 'in force' && state !== 'not in force') throw new Error(`the switch did not say whether ${portsFile} is in force: ${JSON.stringify(stdout.slice(0, 200))}`);
  formOfPorts(groups, parseLinks(links), [bridge]);
  const lines = others.filter((line) => !line.trimStart().startsWith('#'));
  if (!lines.some((line) => /^\s*source\s+(?:\/etc\/network\/)?interfaces\.d\//.test(line))) throw unfit('/etc/network/interfaces has no line `source /etc/network/interfaces.d/*.intf`');
  if (state === 'absent') throw unfit('there is no such file');
  if (state !== 'in force') throw unfit('what is running is not what it says', 'run `ifreload -a`, and see what `ifquery --check -a` finds wrong');
  const elsewhere = groups.flatMap((group, at) => [bondName(at), ...group.ports]).filter((name) => lines.some((line) => line.trim().split(/\s+/).some((word) => names(word, name))));
  if (elsewhere.length > 0) throw unfit(`other files of ifupdown2 name ${elsewhere.join(', ')}, too`);
  return Buffer.from(encoded, 'base64').toString('utf8');
};

/** Also by a range, like swp1-4 (ifupdown2, ifupdown/utils.py, parse_iface_range). */
const names = (word: string, name: string): boolean => {
  const [, prefix = '', from = '', to = ''] = /^(.*?)(\d+)-(\d+)$/.exec(word) ?? [];
  const number = name.slice(prefix.length);
  return word === name || prefix !== '' && name.startsWith(prefix) && /^\d+$/.test(number) && Number(number) >= Number(from) && Number(number) <= Number(to);
};

const unfit = (found: string, todo = 'move the stanzas of the lab’s ports, of their bonds and of the bridge into this file, and run `ifreload -a`'): Problem =>
  new Problem({ asked: `${portsFile} of the switch`, found, right: 'the ports of the lab, their bonds and br0 in this file alone, and in force, so that it can be brought back', todo, exitCode: exitCodes.device });

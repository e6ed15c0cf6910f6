// Whether a node can hold a fault by a lease of the kernel's. Asked without touching it: `nft --check` would send the rules to the kernel, which makes
// them before it forgets them, and loads what it needs for that.

import type { Query } from '../model/command.ts';

export interface LeaseFitness {
  readonly kernel: string;
  /** `nft --version`; empty: it is not there. */
  readonly nft: string;
  /** Whether there are setpriv(1), and what makes taps: without the module nobody makes this file (kmod-static-nodes.service). */
  readonly setpriv: boolean;
  readonly tun: boolean;
  /** Modules that are loaded or can be. */
  readonly modules: readonly string[];
  /** The kernel's options by name, without CONFIG_; null where its configuration cannot be read. */
  readonly options: ReadonlyMap<string, string> | null;
}

/** An option and the module that it is where it is `m`. Egress hooks are of Linux 5.16, tables with owners of 5.12 (nft(8)). */
const needed = [['NF_TABLES_NETDEV', null], ['NETFILTER_EGRESS', null], ['NFT_FWD_NETDEV', 'nft_fwd_netdev']] as const;

export const rightForLease = `nft 1.0.1, setpriv, /dev/net/tun and a kernel with ${needed.map(([option]) => `CONFIG_${option}`).join(', ')}`;

/** Modules are looked up, not loaded; a kernel says what it is made of in /proc/config.gz (CONFIG_IKCONFIG_PROC), Debian's in /boot. */
const script = `
say() { echo "$1 $2"; }
say kernel "$(uname -r)"
if command -v nft > /dev/null; then say nft "$(nft --version)"; fi
if command -v setpriv > /dev/null; then say has setpriv; fi
if [ -c /dev/net/tun ]; then say has tun; fi
if [ -d /sys/module/nft_fwd_netdev ] || modprobe -n -q nft_fwd_netdev; then say module nft_fwd_netdev; fi
for config in /proc/config.gz "/boot/config-$(uname -r)"; do if [ -r "$config" ]; then say config "$config"; zcat -f "$config" | grep -E '^CONFIG_(${needed.map(([option]) => option).join('|')})='; exit 0; fi; done
exit 0
`;

export const leaseFitness: Query<LeaseFitness> = {
  command: { argv: ['sh', '-c', `exec 2>/dev/null\n${script}`, 'bondproof-lease-fitness'] },
  parse: (stdout) => {
    const said = (word: string): readonly string[] => stdout.split('\n').flatMap((line) => line.startsWith(`${word} `) ? line.slice(word.length + 1) : []);
    return {
      kernel: said('kernel')[0] ?? '', nft: said('nft')[0] ?? '', setpriv: said('has').includes('setpriv'), tun: said('has').includes('tun'), modules: said('module'),
      options: said('config').length === 0 ? null : new Map([...stdout.matchAll(/^CONFIG_(\w+)=(\S+)$/gm)].map(([, option, value]) => [option!, value!])),
    };
  },
};

/** Null, or why the node cannot. Unknown is not fit. */
export const leaseObstacle = ({ kernel, nft, setpriv, tun, modules, options }: LeaseFitness): string | null => {
  const version = /v(\d+(?:\.\d+)*)/.exec(nft)?.[1];
  const lacks = [
    version === undefined && 'no nft',
    version !== undefined && isOlder(version, [1, 0, 1]) && `nft ${version}`,
    !setpriv && 'no setpriv',
    !tun && 'no /dev/net/tun',
    ...kernelObstacles(kernel, modules, options),
  ].filter((text) => text !== false);
  return lacks.length === 0 ? null : lacks.join('; ');
};

const kernelObstacles = (kernel: string, modules: readonly string[], options: LeaseFitness['options']): readonly string[] => {
  const lacking = needed.filter(([option, module]) => {
    const value = options?.get(option);
    // Without its configuration a kernel shows only by a module that is neither there nor built in (modprobe(8)) that it lacks something.
    if (options === null) return module !== null && !modules.includes(module);
    return value !== 'y' && (value !== 'm' || module === null || !modules.includes(module));
  }).map(([option]) => `CONFIG_${option}`);
  if (lacking.length > 0) return [`this kernel (${kernel}) has no nftables on netdev egress (${lacking.join(', ')})`];
  if (isOlder(kernel, [5, 16])) return [`this kernel (${kernel}) is older than 5.16`];
  return options === null ? [`this kernel (${kernel}) does not tell whether it has nftables on netdev egress (no /proc/config.gz, no /boot/config-${kernel})`] : [];
};

const isOlder = (version: string, least: readonly number[]): boolean => {
  const numbers = (/^\d+(?:\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number);
  const at = least.findIndex((number, place) => (numbers[place] ?? 0) !== number);
  return at >= 0 && (numbers[at] ?? 0) < least[at]!;
};

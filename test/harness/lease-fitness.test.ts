import { execFileSync } from 'node:child_process';

import test from 'ava';

import { leaseFitness, leaseObstacle } from '../../src/harness/lease-fitness.ts';

/** Proxmox VE 9 as it is installed, with nftables. */
const fit = `kernel 6.14.8-2-pve
nft nftables v1.1.3 (Commodore Bullmoose #4)
has setpriv
has tun
module nft_fwd_netdev
config /boot/config-6.14.8-2-pve
CONFIG_NF_TABLES_NETDEV=y
CONFIG_NFT_FWD_NETDEV=m
CONFIG_NETFILTER_EGRESS=y
`;

const obstacle = (text: string): string | null => leaseObstacle(leaseFitness.parse(text));
const without = (...lines: readonly RegExp[]): string => fit.split('\n').filter((line) => !lines.some((pattern) => pattern.test(line))).join('\n');

test('a node with all of it can', (t) => {
  t.is(obstacle(fit), null);
  t.is(obstacle(without(/^module/).replaceAll('=m', '=y')), null, 'built in, as modprobe may not know');
  t.is(obstacle(fit.replace('v1.1.3', 'v1.0.1')), null);
  t.is(obstacle(fit.replaceAll('6.14.8-2-pve', '5.16.0')), null);
});

const lacking: readonly (readonly [what: string, text: string, found: string])[] = [
  ['no nft', without(/^nft/), 'no nft'],
  ['an old nft', fit.replace('v1.1.3', 'v0.9.8'), 'nft 0.9.8'],
  ['an older one of the same year', fit.replace('v1.1.3', 'v1.0.0'), 'nft 1.0.0'],
  ['no setpriv', without(/^has setpriv/), 'no setpriv'],
  ['no taps', without(/^has tun/), 'no /dev/net/tun'],
  ['no tables of netdev', without(/NF_TABLES_NETDEV/), 'this kernel (6.14.8-2-pve) has no nftables on netdev egress (CONFIG_NF_TABLES_NETDEV)'],
  ['no hook at egress', without(/NETFILTER_EGRESS/), 'this kernel (6.14.8-2-pve) has no nftables on netdev egress (CONFIG_NETFILTER_EGRESS)'],
  ['a module that is not installed', without(/^module nft/), 'this kernel (6.14.8-2-pve) has no nftables on netdev egress (CONFIG_NFT_FWD_NETDEV)'],
  ['no option at all', without(/^CONFIG/), 'this kernel (6.14.8-2-pve) has no nftables on netdev egress (CONFIG_NF_TABLES_NETDEV, CONFIG_NETFILTER_EGRESS, CONFIG_NFT_FWD_NETDEV)'],
  ['an old kernel', fit.replaceAll('6.14.8-2-pve', '5.15.0-91-generic'), 'this kernel (5.15.0-91-generic) is older than 5.16'],
  ['a kernel that says nothing of itself', without(/onfig|CONFIG/), 'this kernel (6.14.8-2-pve) does not tell whether it has nftables on netdev egress (no /proc/config.gz, no /boot/config-6.14.8-2-pve)'],
  ['a machine of a virtual lab', 'kernel 7.2.7\nhas setpriv\n', 'no nft; no /dev/net/tun; this kernel (7.2.7) has no nftables on netdev egress (CONFIG_NFT_FWD_NETDEV)'],
  ['nothing that can be read', '', 'no nft; no setpriv; no /dev/net/tun; this kernel () has no nftables on netdev egress (CONFIG_NFT_FWD_NETDEV)'],
];

for (const [what, text, found] of lacking) test(`${what} is told`, (t) => t.is(obstacle(text), found));

test('this machine is asked, and says what kernel it has', (t) => {
  const [program, ...args] = leaseFitness.command.argv;
  // npm's own nft is another program (test/agent/local-session.ts).
  const said = execFileSync(program!, args, { encoding: 'utf8', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } });
  t.is(leaseFitness.parse(said).kernel, execFileSync('uname', ['-r'], { encoding: 'utf8' }).trim());
});

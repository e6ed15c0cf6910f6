import test from 'ava';
import { rightForLease } from '../../../../src/harness/lease-fitness.ts';
import { dependenciesOf, lostOptions, readFragment } from '../../../../src/worlds/timewarp/kernel/configuration.ts';
import { wantedOptions } from '../../../../src/worlds/timewarp/kernel/index.ts';
import { missingOptions } from '../../../../src/worlds/virtual/image/kernel-config.ts';

const fragment = `# Of the whole file,
# on two lines.

# a name
CONFIG_LOCALVERSION="-lab"

# booting, from
# anything
CONFIG_EXT4_FS=y
CONFIG_HZ=1000
CONFIG_SWAP=n
`;

test('a fragment is read with what each group is for', (t) => {
  t.deepEqual(readFragment(fragment), [
    { name: 'LOCALVERSION', value: '"-lab"', purpose: 'a name' },
    { name: 'EXT4_FS', value: 'y', purpose: 'booting, from anything' },
    { name: 'HZ', value: '1000', purpose: 'booting, from anything' },
    { name: 'SWAP', value: 'n', purpose: 'booting, from anything' },
  ]);
});

for (const line of ['EXT4_FS=y', '# CONFIG_SWAP is not set\nCONFIG_SWAP', 'CONFIG_HZ=']) {
  test(`a fragment with "${line}" is refused`, (t) => void t.throws(() => readFragment(line), { message: /no option/ }));
}

const whole = 'CONFIG_LOCALVERSION="-lab"\nCONFIG_EXT4_FS=y\nCONFIG_HZ=1000\n# CONFIG_SWAP is not set\n';
const losses = [
  { title: 'nothing is lost where all is as asked', config: whole, lost: [] },
  { title: 'an option that is off is asked for by leaving it out, too', config: whole.replace(/^# .*\n/m, ''), lost: [] },
  { title: 'an option that is not there', config: whole.replace('CONFIG_EXT4_FS=y\n', ''), lost: ['EXT4_FS'] },
  { title: 'an option that is a module', config: whole.replace('FS=y', 'FS=m'), lost: ['EXT4_FS'] },
  { title: 'an option whose name is longer is another', config: whole.replace('EXT4_FS=y', 'EXT4_FS_SECURITY=y'), lost: ['EXT4_FS'] },
  { title: 'another number', config: whole.replace('1000', '100'), lost: ['HZ'] },
  { title: 'an option that came on by itself', config: `${whole}CONFIG_SWAP=y\n`, lost: ['SWAP'] },
  { title: 'an empty configuration', config: '', lost: ['LOCALVERSION', 'EXT4_FS', 'HZ'] },
];
for (const { title, config, lost } of losses) test(`lost: ${title}`, (t) => t.deepEqual(lostOptions(config, readFragment(fragment)).map(({ name }) => name), lost));

const kconfig = `menu "Netfilter"
	depends on NET && NETFILTER

config NETFILTER_EGRESS
	bool "Netfilter egress support"
	default y
	select NETFILTER_SKIP_EGRESS
	help
	  This is about
	  if and when.

if NF_TABLES
config NF_TABLES_NETDEV
	bool "netdev"
	depends on A || B

if NF_TABLES_NETDEV
menuconfig NFT_DUP
	tristate "dup"
	depends on C
	depends on D
config NFT_FWD
	tristate
endif # NF_TABLES_NETDEV
config AFTER
	bool
endif
endmenu
config OUTSIDE
	bool
`;
const dependencies: readonly (readonly [name: string, of: readonly string[] | null])[] = [
  ['NETFILTER_EGRESS', ['NET && NETFILTER']],
  ['NF_TABLES_NETDEV', ['NET && NETFILTER', 'NF_TABLES', 'A || B']],
  ['NFT_DUP', ['NET && NETFILTER', 'NF_TABLES', 'NF_TABLES_NETDEV', 'C', 'D']],
  ['NFT_FWD', ['NET && NETFILTER', 'NF_TABLES', 'NF_TABLES_NETDEV']],
  ['AFTER', ['NET && NETFILTER', 'NF_TABLES']],
  ['OUTSIDE', []],
  ['NF_TABLES', null],
];
for (const [name, of] of dependencies) test(`${name} depends on ${of === null ? 'what another file says' : of.join(', ') || 'nothing'}`, (t) => t.deepEqual(dependenciesOf(name, kconfig), of));

const asConfig = async (): Promise<string> => (await wantedOptions()).filter(({ value }) => value !== 'n').map(({ name, value }) => `CONFIG_${name}=${value}\n`).join('');

test('the recipe has all that machines of a virtual lab need', async (t) => t.deepEqual(missingOptions(await asConfig()), []));

test('the recipe has all that a lease of the kernel needs, and says itself what it has', async (t) => {
  const config = await asConfig();
  const needed = [...rightForLease.matchAll(/CONFIG_\w+/g), 'CONFIG_NFT_DUP_NETDEV', 'CONFIG_TUN', 'CONFIG_IKCONFIG_PROC'].map(String);
  t.true(needed.length > 3);
  t.deepEqual(needed.filter((name) => !config.includes(`${name}=y\n`)), []);
});

test('the recipe asks for each option once', async (t) => {
  const names = (await wantedOptions()).map(({ name }) => name);
  t.deepEqual(names.filter((name, at) => names.indexOf(name) !== at), []);
});

test('what the recipe asks for is built in: there are no modules to be found, copied or loaded', async (t) => {
  const wanted = await wantedOptions();
  t.deepEqual(wanted.filter(({ value }) => value === 'm'), []);
  t.is(wanted.find(({ name }) => name === 'MODULES')?.value, 'n');
});

import test from 'ava';
import { missingOptions, moduleFiles } from '../../../../src/worlds/virtual/image/kernel-config.ts';
import { kernelOptions, modules } from '../../../../src/worlds/virtual/image/recipe/packages.ts';

const wanted = [{ name: 'EXT4_FS', builtIn: true }, { name: 'BONDING', builtIn: false }];

test('a kernel with all options lacks none', (t) => t.deepEqual(missingOptions('CONFIG_EXT4_FS=y\nCONFIG_BONDING=m\n', wanted), []));

test('what may be a module may be built in', (t) => t.deepEqual(missingOptions('CONFIG_EXT4_FS=y\nCONFIG_BONDING=y\n', wanted), []));

test('what must be built in must not be a module', (t) => t.deepEqual(missingOptions('CONFIG_EXT4_FS=m\nCONFIG_BONDING=m\n', wanted), ['CONFIG_EXT4_FS=y']));

test('an option that is switched off is missing, and one whose name is longer is another', (t) => {
  t.deepEqual(missingOptions('# CONFIG_BONDING is not set\nCONFIG_EXT4_FS_SECURITY=y\n', wanted), ['CONFIG_EXT4_FS=y', 'CONFIG_BONDING=m']);
});

const dep = [
  'kernel/net/bridge/bridge.ko: kernel/net/802/stp.ko kernel/net/llc/llc.ko',
  'kernel/net/802/stp.ko: kernel/net/llc/llc.ko',
  'kernel/net/llc/llc.ko:',
  'kernel/drivers/net/bonding/bonding.ko:',
  'kernel/net/sched/sch_netem.ko.xz:',
].join('\n');
const builtIn = 'kernel/fs/ext4/ext4.ko\nkernel/net/packet/af_packet.ko\n';

test('a module brings what it needs, each once', (t) => {
  t.deepEqual(moduleFiles(['bridge', 'stp', 'bonding'], { dep, builtIn }), [
    'kernel/drivers/net/bonding/bonding.ko', 'kernel/net/802/stp.ko', 'kernel/net/bridge/bridge.ko', 'kernel/net/llc/llc.ko',
  ]);
});

test('compressed modules are found by their name', (t) => t.deepEqual(moduleFiles(['sch_netem'], { dep, builtIn }), ['kernel/net/sched/sch_netem.ko.xz']));

test('a module that is built in has no file', (t) => t.deepEqual(moduleFiles(['ext4'], { dep, builtIn }), []));

test('modules that the kernel has nowhere are named', (t) => {
  t.throws(() => moduleFiles(['veth', 'bonding', 'softdog'], { dep, builtIn }), { message: 'the kernel has no veth, softdog' });
});

test('every option that may be a module has its module in the recipe', (t) => {
  const nameOf: Readonly<Record<string, string>> = { SOFT_WATCHDOG: 'softdog' };
  const names = kernelOptions.filter(({ builtIn: must }) => !must).map(({ name }) => nameOf[name] ?? name.toLowerCase().replace(/^net_/, ''));
  t.deepEqual(names.filter((name) => !modules.includes(name)), []);
});

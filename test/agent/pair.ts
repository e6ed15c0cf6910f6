// A pair of namespaces in which a card can have a lease, for tests of it.

import { setTimeout as sleep } from 'node:timers/promises';

import type { ExecutionContext } from 'ava';

import { networkOf } from './inhabitants.ts';
import { openPair } from './local-session.ts';
import type { Pair } from './local-session.ts';

/** Where namespaces or the hook at egress are missing, the test says so and is left out. */
export const inPair = async (t: ExecutionContext, body: (pair: Pair, network: string) => Promise<void>): Promise<void> => {
  const pair = await openPair();
  const missing = typeof pair === 'string' ? pair : await missingIn(pair);
  if (typeof pair === 'string' || missing !== '') {
    t.log(`LEFT OUT, this machine cannot do it: ${missing}`);
    t.pass();
    if (typeof pair !== 'string') await pair[Symbol.asyncDispose]();
    return;
  }
  await using open = pair;
  await body(open, await networkOf(open.here));
};

const probe = `
exec 3<> /dev/net/tun
nft -f - <<'END'
create table netdev probe
add chain netdev probe out { type filter hook egress device "eth1" priority 0; }
delete table netdev probe
END
setpriv --pdeathsig KILL true
there=$(ip netns exec there cat /sys/class/net/eth1/address)
ip neigh replace 10.7.0.2 lladdr $there dev eth1 nud permanent
ip netns exec there ip neigh replace 10.7.0.1 lladdr $(cat /sys/class/net/eth1/address) dev eth1 nud permanent
`;

const missingIn = async (pair: Pair): Promise<string> => {
  const { exitCode, stderr } = await pair.here.run({ argv: ['sh', '-euc', probe] }, { timeoutMs: 10_000 });
  return exitCode === 0 ? '' : stderr;
};

export const until = async (what: string, fits: () => boolean | Promise<boolean>): Promise<void> => {
  const end = Date.now() + 20_000;
  while (!(await fits())) {
    if (Date.now() > end) throw new Error(`waited 20 s: ${what}`);
    await sleep(5);
  }
};

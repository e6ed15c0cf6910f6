// The one that dies: holds a fault on the node as a trial does, and says how far it is.

import { readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';

import { startHold } from '../../src/agent/holder.ts';
import { connect } from '../../src/transport/ssh.ts';
import { realClock as clock } from '../../src/worlds/real-clock.ts';

const [hostKey = '', privateKeyFile = '', leaseMs = ''] = process.argv.slice(2);
const login = { host: '10.8.0.1', port: 22, user: 'root', hostKey };
const session = await connect({ device: 'node', login, privateKey: readFileSync(privateKeyFile), agentSocket: null });
process.stdout.write('connected\n');
const parts = { stage: [['lease', 'stage', 'eth1']], apply: [['lease', 'apply']] };
const hold = await startHold(session, { token: 'crash', what: 'lease of eth1', since: 'now', undo: '', parts }, { clock, leaseMs: Number(leaseMs), capMs: 60_000, manager: 'kernel' });
process.stdout.write('armed\n');
for (const part of ['stage', 'apply']) {
  for (const { exitCode, said } of await hold.run(part)) if (exitCode !== 0) throw new Error(said);
  process.stdout.write(`${part}\n`);
}
flushCompileCache(); // It would be kept at the end, and that is never a good one here.
while (!hold.lost()) await clock.sleep(100);
process.exit(1);

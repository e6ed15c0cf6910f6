// How well clocks of agents are known, against truths that the bench knows: their half width, and whether the truth was always inside.
// Usage: node bench/clock.ts [--seconds 40] [--labs 12] [--burners 2]. Agents run here, so their clock is this machine's; the bench's runs off from it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { startAgent, type Agent } from '../src/agent/agent.ts';
import { offsetAt, type ClockFit } from '../src/agent/clock-fit.ts';
import { askEveryMs, watchClock } from '../src/agent/clock-watch.ts';
import type { AgentConfig } from '../src/agent/protocol.ts';
import type { Clock } from '../src/model/session.ts';
import { localSession } from '../test/agent/local-session.ts';

const { seconds, labs, burners } = parseArgs({ options: { seconds: { type: 'string', default: '40' }, labs: { type: 'string', default: '12' }, burners: { type: 'string', default: '2' } } }).values;
const nodesPerLab = 3;
/** A trial's first fault comes later: by then rates are known. */
const warmUpS = 10;

/** The bench's clock is the machine's, 123 ms ahead of it and 40 ppm faster. */
const aheadUs = 123_000;
const fasterPpm = 40;
const monotonicUs = (): number => Number(process.hrtime.bigint()) / 1000;
const benchUs = (us: number): number => us * (1 + fasterPpm / 1e6) + aheadUs;
const clock: Clock = { nowUs: () => benchUs(monotonicUs()), sleep: async (ms, signal) => { await sleep(ms, undefined, { signal }); } };

/** CLOCK_BOOTTIME less CLOCK_MONOTONIC, which is how long this machine was suspended: to half a microsecond, as the closest of many looks tells. */
const suspendedUs = async (): Promise<number> => {
  const program = 'from time import *\nprint(min((c - a, b - (a + c) // 2) for a, b, c in ((clock_gettime_ns(1), clock_gettime_ns(7), clock_gettime_ns(1)) for _ in range(10000)))[1] / 1000)';
  const { stdout } = await localSession().run({ argv: ['python3', '-I', '-c', program] }, { timeoutMs: 10_000 });
  return Number(stdout);
};

/** What stands between: the child's standard input and output, each delayed by so much at least and up to so much more, in order. */
const proxy = (leastMs: number, jitterMs: number, backMs = leastMs): readonly string[] => ['python3', '-I', '-u', '-c', `
import os, random, subprocess, sys, threading, time
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
def carry(source, sink, least):
    while True:
        data = os.read(source, 65536)
        time.sleep((least + random.random() * ${jitterMs}) / 1000)
        if not data:
            os.close(sink)
            return
        os.write(sink, data)
threading.Thread(target=carry, args=(0, child.stdin.fileno(), ${leastMs}), daemon=True).start()
carry(child.stdout.fileno(), 1, ${backMs})
`];

interface Seen { readonly widthsUs: number[]; checked: number; outside: number; pongs: number }

const config = (node: string): AgentConfig => ({ node, nodeId: 1, address: '127.0.0.1', bond: 'lo', slaves: [], peers: [], probePort: 0, tickMs: 100, probeEveryTicks: 1, messageEveryMs: 2000, echoEveryMs: 2000, lrmStatus: '/nonexistent/lrm_status' });

/** Every tick is a message whose instant would be in a record: its truth is held against what is known of it then. */
const watchOne = async (agent: Agent, forMs: number, suspended: number, seen: Seen): Promise<void> => {
  const watch = watchClock((order) => { agent.order(order); }, clock, askEveryMs.apart);
  const over = new AbortController();
  const sinceUs = clock.nowUs();
  const asking = watch.ask(over.signal);
  let fit: ClockFit | null = null;
  for await (const message of agent.messages) {
    if (clock.nowUs() - sinceUs > 1000 * forMs) break;
    if (message.kind === 'pong') {
      seen.pongs += 1;
      fit = watch.pong(message) ?? fit;
    }
    if (message.kind !== 'tick' || fit === null || clock.nowUs() - sinceUs < 1e6 * warmUpS) continue;
    const { offsetUs, errorUs } = offsetAt(fit, message.bootUs);
    const truthUs = benchUs(message.bootUs - suspended) - message.bootUs;
    seen.widthsUs.push(errorUs);
    seen.checked += 1;
    // The bench's own truth is as good as this.
    if (Math.abs(truthUs - offsetUs) > errorUs + 1) seen.outside += 1;
  }
  over.abort();
  await asking;
  await agent.stop();
};

interface Condition { readonly what: string; readonly agents: number; readonly within: readonly string[]; readonly burners: number; readonly goalUs: number | null }

const conditions: readonly Condition[] = [
  { what: 'quiet, one agent', agents: 1, within: [], burners: 0, goalUs: 50 },
  { what: `${labs} labs and ${burners} busy processors`, agents: nodesPerLab * Number(labs), within: [], burners: Number(burners), goalUs: 1000 },
  { what: 'a way with 1 ms of jitter', agents: 1, within: proxy(0, 1), burners: 0, goalUs: 1000 },
  { what: 'the same, 0.5 ms longer one way', agents: 1, within: proxy(0.5, 1, 0), burners: 0, goalUs: 1000 },
];

const at = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;

setPriority(15);
const suspended = await suspendedUs();
console.log(`${availableParallelism()} processors; half widths in us of every tick after ${warmUpS} s; ${seconds} s each`);
console.log('condition | p50 | p99 | most | goal (p99) | p99 / goal | truth inside | pings a second and agent');
for (const { what, agents, within, burners: busy, goalUs } of conditions) {
  const children = Array.from({ length: busy }, () => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
  const seen: Seen = { widthsUs: [], checked: 0, outside: 0, pongs: 0 };
  await using session = localSession(within);
  const started = await Promise.all(Array.from({ length: agents }, async () => startAgent(session, config('bench'))));
  await Promise.all(started.map(async (agent) => watchOne(agent, 1000 * Number(seconds), suspended, seen)));
  for (const child of children) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const sorted = seen.widthsUs.toSorted((a, b) => a - b);
  const p99 = at(sorted, 0.99);
  console.log(`${what} | ${at(sorted, 0.5)} | ${p99} | ${sorted.at(-1)} | ${goalUs} | ${(p99 / goalUs!).toFixed(2)} | ${seen.checked - seen.outside} of ${seen.checked} | ${(seen.pongs / agents / Number(seconds)).toFixed(1)}`);
}

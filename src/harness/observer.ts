// Keeps an agent running on one node, through resets, and turns what it says into events of the trial's own time.

import type { Agent } from '../agent/agent.ts';
import { startAgent } from '../agent/agent.ts';
import { offsetAt, type ClockFit, type ClockOffset } from '../agent/clock-fit.ts';
import { askEveryMs, watchClock } from '../agent/clock-watch.ts';
import type { AgentConfig, AgentMessage } from '../agent/protocol.ts';
import type { Instant } from '../model/instant.ts';
import type { Lab, Node } from '../model/lab.ts';
import type { Clock } from '../model/session.ts';
import { probes } from '../probes/index.ts';
import { TrialBroken } from './bench.ts';
import { isStep, stepWords } from './clock-step.ts';
import type { Devices } from './devices.ts';
import type { TrialRecord } from './record.ts';

/** knet's own ports are 5405 to 5412 (Proxmox VE documentation, Cluster Manager); the probes have the same shape of flow beside them. */
const probePort = 5420;
const tickMs = 100;
/**
 * On each tick 32 nodes would exchange 992 probes, and at a quarter of them 2 of 5 packets of a healthy lab were ours (docs/timewarp.md); so above eight nodes
 * each pair has fewer, as many fewer as there are more pairs, and a dark pair's times are known within as many ticks: 1.6 s of 32 nodes, whose token
 * may take 22 s. A power of two: agents count to a multiple of it (SEQ_WRAP).
 */
export const probeEveryTicks = ({ nodes }: Pick<Lab, 'nodes'>): number => 4 ** Math.max(0, Math.ceil(Math.log2(nodes.length / 8)));
/** From one probe of a pair to its next. */
export const probeEveryMs = (lab: Pick<Lab, 'nodes'>): number => probeEveryTicks(lab) * tickMs;
/**
 * After each ordered message the token goes round 30 times more before it is held (corosync.conf(5), seqno_unchanged_const), which is what a
 * message costs: every second took half as much computing again of a virtual lab as every other second (docs/adr/0007).
 */
export const messageEveryMs = 2000;
/** As often: a quiet journal is known to be followed, and the lines are few. */
export const echoEveryMs = 2000;
/** Until its clock is known so well, or for so long, what a new agent says is held back: right after a boot a ping may take half a second. */
const wellKnown = { errorUs: 50_000, withinUs: 2_000_000 };
/** The record says anew how a clock stands when it went so far, or is known twice as well. */
const newsUs = 1000;

export const agentConfig = (lab: Lab, node: Node): AgentConfig => ({
  node: node.name, nodeId: node.id, address: node.address, bond: node.bond, slaves: node.slaves,
  peers: lab.nodes.filter(({ name }) => name !== node.name).map(({ name, id, address }) => ({ name, id, address })),
  probePort, tickMs, probeEveryTicks: probeEveryTicks(lab), messageEveryMs, echoEveryMs, lrmStatus: `/etc/pve/nodes/${node.name}/lrm_status`,
});

export interface Observer {
  readonly node: Node;
  /** Settles when the agent runs and its clock is known; rejects when that cannot be. */
  started(): Promise<void>;
  /** Sends the canary on this slave from now on, also after the agent had to be started anew. */
  canary(nic: string | null): void;
  /** More of them, a millisecond apart, from now on for so long. */
  burst(forMs: number): void;
  /** Sends so many long frames on the slave, once, which end at the switch. */
  tryCable(nic: string, frames: number): void;
  stop(): Promise<void>;
}

export interface Stage { readonly lab: Lab; readonly clock: Clock; readonly realTime: boolean; readonly devices: Devices; readonly record: TrialRecord; readonly onReset: (node: Node) => void }

export const observe = (node: Node, stage: Stage): Observer => {
  const stopping = new AbortController();
  // Asked anew each time: it changes while we wait.
  const stopped = (): boolean => stopping.signal.aborted;
  let canary: string | null = null;
  let agent: Agent | null = null;
  let known = (): void => undefined;
  let failed: (error: unknown) => void = () => undefined;
  const first = new Promise<void>((resolve, reject) => { known = resolve; failed = reject; });
  first.catch(() => undefined); // Whoever waits for it hears of it; nobody must.

  const life = async (): Promise<void> => {
    let bootId: string | null = null as string | null;
    let heardUs = stage.record.nowUs();
    while (!stopped()) {
      try {
        agent = await startAgent(await stage.devices.session(node.name, { timeoutMs: 120_000, signal: stopping.signal }), agentConfig(stage.lab, node), { signal: stopping.signal });
      } catch (error) {
        if (stopped()) return;
        if (bootId === null) throw error;
        await stage.clock.sleep(500, stopping.signal);
        continue;
      }
      const bootUs = stage.record.nowUs() - agent.hello.bootUs;
      if (bootId !== null && agent.hello.bootId !== bootId) {
        stage.record.append({ type: 'node-reset', node: node.name, oldBootId: bootId, bootId: agent.hello.bootId }, [heardUs, Math.max(heardUs, bootUs)], 'harness');
        stage.onReset(node);
      }
      bootId = agent.hello.bootId;
      stage.record.note({ type: 'agent-started', node: node.name, bootId });
      for (const text of agent.hello.problems) stage.record.note({ type: 'logged', identifier: 'bondproof-agent', text: `${node.name}: ${text}` });
      if (canary !== null) agent.order({ order: 'canary', nic: canary });
      const because = await listen(agent, node, stage, stopping.signal, known, (us) => { heardUs = us; });
      if (!stopped()) stage.record.note({ type: 'agent-lost', node: node.name, because });
    }
  };
  const living = life().catch((error: unknown) => {
    failed(error);
    if (!stopped()) stage.record.note({ type: 'agent-lost', node: node.name, because: String(error) });
  });

  return {
    node,
    started: () => Promise.race([first, stage.clock.sleep(knownMs, stopping.signal).then(() => { throw new TrialBroken(`${node.name}: the agent’s clock was not known within ${knownMs / 1000} s`); })]),
    canary(nic) {
      canary = nic;
      agent?.order({ order: 'canary', nic });
    },
    burst(forMs) { agent?.order({ order: 'burst', forMs }); },
    tryCable(nic, frames) {
      agent?.order({ order: 'try-cable', nic, frames });
    },
    async stop() {
      stopping.abort();
      // It may be gone with its node, or never answer again: then its session's end is the end of it.
      const stopped = agent?.stop().catch(() => undefined);
      await Promise.race([Promise.all([stopped, living]), stage.clock.sleep(stopMs)]);
    },
  };
};

/** An agent ends with its input within a tick. */
const stopMs = 10_000;
/** From the beginning to the first sure clock: a session, Python, and two seconds of pings. */
const knownMs = 150_000;

const listen = async (agent: Agent, node: Node, stage: Stage, signal: AbortSignal, known: () => void, heard: (us: number) => void): Promise<string> => {
  const readers = probes.map((probe) => probe.reader(node, stage.lab));
  const watch = watchClock((order) => { agent.order(order); }, { nowUs: () => stage.record.nowUs(), sleep: (ms, until) => stage.clock.sleep(ms, until) }, stage.realTime ? askEveryMs.apart : askEveryMs.together);
  const over = new AbortController();
  let settled = false;
  const pinging = watch.ask(AbortSignal.any([signal, over.signal]));
  const sinceUs = stage.record.nowUs();
  let waiting: AgentMessage[] = [];
  let best: ClockFit | null = null;
  let told: ClockOffset | null = null;

  const tell = (message: AgentMessage, instant: Instant): void => {
    // Evidence: what cannot be watched is missing from the record, and the record says so.
    if (message.kind === 'trouble') stage.record.append({ type: 'logged', identifier: 'bondproof-agent', text: `${message.what}: ${message.because}` }, instant, node.name);
    for (const read of readers) for (const body of read(message)) stage.record.append(body, instant, node.name);
  };
  const wallClock = wallClockOf();
  for await (const message of agent.messages) {
    const nowUs = stage.record.nowUs();
    heard(nowUs);
    const stepUs = wallClock(message);
    if (stepUs !== null) stage.record.note({ type: 'logged', identifier: 'bondproof-agent', text: `${node.name}: ${stepWords(stepUs)}` });
    if (message.kind === 'pong') {
      const fit = watch.pong(message);
      if (fit === null) continue;
      best = fit;
      const now = offsetAt(fit, message.bootUs);
      settled ||= now.errorUs <= wellKnown.errorUs || nowUs - sinceUs > wellKnown.withinUs;
      if (!settled) continue;
      if (told === null || Math.abs(now.offsetUs - told.offsetUs) > newsUs || 2 * now.errorUs < told.errorUs) {
        told = now;
        stage.record.note({ type: 'clock-fitted', node: node.name, ...now, roundTripUs: fit.roundTripUs });
      }
      for (const each of waiting) tell(each, instantOf(each, best, nowUs));
      waiting = [];
      known();
      continue;
    }
    if (best === null || !settled) waiting.push(message);
    else tell(message, instantOf(message, best, nowUs));
  }
  over.abort();
  await pinging;
  return agent.ended;
};

/**
 * How far a node's wall clock was set, in microseconds, or null. Only messages that are stamped when they are said tell, and two of them have to:
 * the agent may lose the processor between its looks at the two clocks.
 */
const wallClockOf = (): ((message: AgentMessage) => number | null) => {
  let before: number | null = null;
  let doubt: number | null = null;
  return ({ kind, bootUs, realUs }) => {
    if (kind !== 'tick' && kind !== 'pong') return null;
    const aheadUs = realUs - bootUs;
    const stepUs = before === null || !isStep(aheadUs - before) ? null : aheadUs - before;
    const sure = stepUs === null || doubt !== null && !isStep(aheadUs - doubt);
    doubt = sure ? null : aheadUs;
    if (sure) before = aheadUs;
    return sure ? stepUs : null;
  };
};

/** Nothing is seen after it was heard of. */
const instantOf = ({ bootUs }: AgentMessage, fit: ClockFit, nowUs: number): Instant => {
  const { offsetUs, errorUs } = offsetAt(fit, bootUs);
  const earliest = Math.min(nowUs, bootUs + offsetUs - errorUs);
  return [Math.round(earliest), Math.round(Math.max(earliest, Math.min(nowUs, bootUs + offsetUs + errorUs)))];
};

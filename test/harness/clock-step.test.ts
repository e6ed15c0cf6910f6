// A wall clock that is set in the middle of a trial, on the node or here, changes no duration and no verdict, and the record tells of it.

import { spawnSync } from 'node:child_process';

import test from 'ava';

import { SimulatedWorld } from '../simulated/world.ts';
import type { Event } from '../../src/model/event.ts';
import type { TrialResult } from '../../src/model/result.ts';

const hourUs = 3_600_000_000;

/** A trial in which `step` happens while the fault is on. */
const trialWith = async (step: (world: SimulatedWorld) => void): Promise<{ readonly result: TrialResult; readonly events: readonly Event[] }> => {
  const world = new SimulatedWorld();
  const [victim] = world.machines as [SimulatedWorld['machines'][number]];
  const changed = victim.changed;
  const state = { stepped: false };
  victim.changed = () => {
    changed();
    if (state.stepped || !victim.isFaulty()) return;
    state.stepped = true;
    step(world);
  };
  const ended = await world.run();
  if (ended.how !== 'done' || !state.stepped) throw new Error(`the trial ended ${ended.how}, stepped: ${state.stepped}`);
  return { result: world.results()[0] as TrialResult, events: world.records()[0]! };
};

/** Everything that was seen and when, but what tells of the step itself. */
const seenIn = (events: readonly Event[]): readonly unknown[] => events.filter((event) => !(event.type === 'logged' && event.text.includes('wall clock'))).map((event) => event.type === 'undo-armed' || event.type === 'undo-disarmed' ? { ...event, token: '' } : event);

const told = (events: readonly Event[]): readonly string[] => events.flatMap((event) => event.type === 'logged' && event.text.includes('wall clock') ? [event.text] : []);

const steps: readonly (readonly [string, (world: SimulatedWorld) => void, readonly string[]])[] = [
  ['the victim’s, ahead by an hour', (world) => { world.machine('pve1').wallAheadUs = hourUs; }, ['pve1: its wall clock was set ahead by 3600.0 s; no duration is measured by it']],
  ['a bystander’s, back by an hour', (world) => { world.machine('pve3').wallAheadUs = -hourUs; }, ['pve3: its wall clock was set back by 3600.0 s; no duration is measured by it']],
  ['this machine’s, back by a day', (world) => { world.wallMs -= 86_400_000; }, ['this machine: its wall clock was set back by 86400.0 s; no duration is measured by it']],
  ['everybody’s, by a leap second', (world) => { for (const machine of world.machines) machine.wallAheadUs = -1_000_000; }, ['pve1', 'pve2', 'pve3'].map((name) => `${name}: its wall clock was set back by 1.0 s; no duration is measured by it`)],
  ['one’s, by what NTP slews', (world) => { world.machine('pve1').wallAheadUs = 20_000; }, []],
];

for (const [what, step, words] of steps) {
  test(`a wall clock is set, ${what}: the same durations, the same verdict, and it is told`, async (t) => {
    const [without, stepped] = [await trialWith(() => undefined), await trialWith(step)];
    t.deepEqual(stepped.result, without.result);
    t.true(stepped.result.valid);
    t.deepEqual(seenIn(stepped.events), seenIn(without.events));
    t.deepEqual(told(stepped.events).toSorted(), [...words].toSorted());
    t.deepEqual(told(without.events), []);
  });
}

/** The module's own look at the clocks, with a wall clock that can be set: the machine's may not be (CAP_SYS_TIME), and no namespace has its own. */
const program = `
import sys, time
sys.path.insert(0, sys.argv[1])
import stamps
ahead = 0
real = stamps.clock_gettime_ns
stamps.clock_gettime_ns = lambda clock: real(clock) + (ahead if clock == time.CLOCK_REALTIME else 0)
for step in (0, 3600, -3600, 86400, 0.5, 0):
    ahead = int(step * 1e9)
    then = stamps.real_us()
    print(stamps.boot_from_real(then) - stamps.boot_us())
`;

test('a node’s stamps by its wall clock are right again at once when that was set', (t) => {
  const { stdout, stderr } = spawnSync('python3', ['-I', '-c', program, new URL('../../src/agent/node', import.meta.url).pathname], { encoding: 'utf8' });
  const offUs = stdout.trim().split('\n').map(Number);
  t.is(offUs.length, 6, stderr);
  // A loaded machine may take the processor away between the looks; an hour is something else.
  for (const us of offUs) t.true(Math.abs(us) < 200_000, stdout);
});

import test, { type ExecutionContext } from 'ava';

import { conduct, type Conductor } from '../../../src/worlds/timewarp/conductor.ts';

interface Go { readonly until: number; readonly atOnce: boolean; readonly orders: string }

/** A lab on paper: told to go on, it says at `until` that it is our turn, or sooner where `word` gives a time. The kernel's time is a second ahead. */
const paperLab = (t: ExecutionContext, word: (go: Go, nowNs: number) => number | null = () => null): { readonly conductor: Conductor; readonly goes: Go[]; readonly frees: (number | null)[]; readonly taken: number[]; readonly begin: () => void } => {
  const goes: Go[] = [];
  const frees: (number | null)[] = [];
  const taken: number[] = [];
  let [nowNs, nextNs] = [0, 0];
  let said = true;
  const conductor = conduct({
    calendar: () => ({
      nowNs: () => nowNs + 1e9, waits: () => ({ wantsNs: nowNs + 1e9 + 1000 }),
      run: (freeUntilNs) => {
        frees.push(freeUntilNs);
        if (!said) nowNs = nextNs; // It goes on, and is heard, at the second of two steps.
        said = !said;
        setImmediate(() => { conductor.kernelWaits(); });
      },
    }),
    hear: () => said ? { atNs: nowNs, saidNs: nowNs, take: () => { taken.push(conductor.clock.nowUs()); } } : null,
    answer: (frames) => {
      // The last is a head of 9 bytes, a time of 8, and one.
      const bytes = frames.subarray(-18);
      const go = { until: Number(bytes.readBigInt64LE(9)), atOnce: bytes[17] === 1, orders: frames.subarray(0, -18).toString() };
      goes.push(go);
      nextNs = word(go, nowNs) ?? go.until;
    },
    settled: async () => { for (let n = 0; n < 2; n += 1) await new Promise<void>((resolve) => { setImmediate(resolve); }); },
  });
  t.teardown(() => { conductor.stop(new Error('the test is over')); });
  return { conductor, goes, frees, taken, begin: () => { conductor.kernelWaits(); } };
};

test('sleeps end at their time, in their order, and thinking takes none', async (t) => {
  const { conductor: { clock }, begin } = paperLab(t);
  const ended: (string | number)[] = [];
  const sleep = async (name: string, ms: number): Promise<void> => {
    await clock.sleep(ms);
    ended.push(name, clock.nowUs());
  };
  const all = Promise.all([sleep('b', 250), sleep('a', 0.5), sleep('c', 250), sleep('d', 1250)]);
  begin();
  await clock.sleep(40);
  t.is(clock.nowUs(), 40_000);
  for (let n = 0; n < 50; n += 1) await Promise.resolve();
  t.is(clock.nowUs(), 40_000);
  await all;
  t.deepEqual(ended, ['a', 500, 'b', 250_000, 'c', 250_000, 'd', 1_250_000]);
});

test('while nobody waits for a word the lab runs freely, for a quarter of a second at most', async (t) => {
  const { conductor: { clock }, goes, frees, begin } = paperLab(t);
  begin();
  await clock.sleep(600);
  t.deepEqual(goes.slice(0, 3).map(({ until, atOnce }) => [until / 1e6, atOnce]), [[250, false], [500, false], [750, false]]);
  // In the kernel's time, and a little before: the box's own timer is the first thing that asks again.
  t.deepEqual(frees.filter((_, n) => n % 2 === 0).slice(0, 3), [1.25e9 - 40_000, 1.5e9 - 40_000, 1.75e9 - 40_000]);
});

test('who sleeps long wakes with the others, never early; who sleeps for less, at his own instant', async (t) => {
  const { conductor: { clock }, goes, begin } = paperLab(t);
  const woken: number[] = [];
  const sleep = async (ms: number): Promise<void> => {
    await clock.sleep(ms);
    woken.push(clock.nowUs() / 1000);
  };
  begin();
  await clock.sleep(3);
  await Promise.all([sleep(250), sleep(400), sleep(497), sleep(498), sleep(249.9)]);
  t.deepEqual(woken, [252.9, 500, 500, 500, 750]);
  t.deepEqual(goes.filter(({ until }) => until !== 250e6).slice(0, 4).map(({ until }) => until / 1e6), [3, 252.9, 500, 750]);
});

test('while a word is waited for the lab stops at the next millisecond after it, with what was ordered', async (t) => {
  const lab = paperLab(t, ({ atOnce }, nowNs) => atOnce ? nowNs + 3e6 : null);
  const { conductor, goes, begin } = lab;
  const heard = conductor.awaitWord();
  conductor.order(Buffer.from('first'));
  conductor.order(Buffer.from(' second'));
  begin();
  while (goes.length < 2) await new Promise((resolve) => { setImmediate(resolve); });
  heard();
  heard(); // Twice is once.
  t.deepEqual(goes[0], { until: 2.5e8, atOnce: true, orders: 'first second' });
  t.is(goes[1]?.orders, '');
  t.is(lab.frees[0], 1e9 + 1e6 - 40_000);
  await conductor.clock.sleep(150);
  t.false(goes.at(-1)?.atOnce);
});

test('a turn may be at any instant: the lab is not free beyond it, whether or not a word is waited for', async (t) => {
  const { conductor, goes, frees, begin } = paperLab(t);
  const heard = conductor.awaitWord();
  begin();
  await conductor.clock.sleep(0.3);
  t.deepEqual(goes[0], { until: 300_000, atOnce: true, orders: '' });
  t.is(frees[0], 1e9 + 300_000 - 40_000);
  heard();
});

test('a word that is expected is waited for so long and no longer', async (t) => {
  const { conductor, goes, begin } = paperLab(t);
  conductor.expectWord(20);
  begin();
  await conductor.clock.sleep(90);
  t.deepEqual(goes.slice(0, 2).map(({ until, atOnce }) => [until / 1e6, atOnce]), [[20, true], [90, false]]);
});

test('a word that came is expected no more; another one still is', async (t) => {
  const { conductor, goes, begin } = paperLab(t);
  const [long] = [conductor.expectWord(60), conductor.expectWord(20)];
  long();
  begin();
  await conductor.clock.sleep(90);
  t.deepEqual(goes.slice(0, 2).map(({ until, atOnce }) => [until / 1e6, atOnce]), [[20, true], [90, false]]);
});

test('who sleeps is told when the lab is gone, and who is called off with the reason', async (t) => {
  const { conductor, begin } = paperLab(t);
  const stop = new AbortController();
  const reason = new Error('enough');
  const called = t.throwsAsync(conductor.clock.sleep(1e9, stop.signal));
  const gone = t.throwsAsync(conductor.clock.sleep(1e9));
  begin();
  await conductor.clock.sleep(10);
  stop.abort(reason);
  t.is(await called, reason);
  conductor.stop(new Error('the kernel ended'));
  t.is((await gone).message, 'the kernel ended');
  await t.throwsAsync(conductor.clock.sleep(1), { message: 'the kernel ended' });
  await t.throwsAsync(conductor.clock.sleep(1, stop.signal), { is: reason });
});

test('what the lab has said is taken when the clock has come to our turn, and a kernel that waits while it is ours is not let go', async (t) => {
  const { conductor, frees, taken, begin } = paperLab(t);
  begin();
  t.deepEqual(taken, [0]);
  conductor.kernelWaits();
  t.deepEqual([taken.length, frees.length], [1, 0]);
  await conductor.clock.sleep(150);
  t.deepEqual(taken.slice(0, 2), [0, 150_000]);
});

// The hunt itself: draw until the goal is met, shrink, confirm. Pure but for its oracle, which may be paper.

import { drawSchedule, nameOf, type Schedule } from './schedule.ts';
import { simplifications } from './simpler.ts';

export type Stage = 'search' | 'shrink' | 'confirm';

/** One trial: of this schedule, on a lab whose seed follows from `number`, which counts all trials of the hunt from 1. */
export interface Try { readonly number: number; readonly schedule: Schedule; readonly stage: Stage }

export interface Oracle {
  /** Whether each met the goal, in the order given; null: it cannot be told. No more than `atOnce` are asked for. */
  tryAll(tries: readonly Try[]): Promise<readonly (boolean | null)[]>;
  /** How many more trials of this stage may begin now. */
  left(stage: Stage): number;
  tell(text: string): void;
}

export interface HuntPlan {
  readonly seed: number;
  readonly atOnce: number;
  /** What is shrunk, and each simplification that is kept, met the goal in all of so many trials, each on a lab of another seed. */
  readonly shrinkTries: number;
  readonly confirmTries: number;
}

export interface Quarry {
  /** The trial that met the goal first, and its schedule. */
  readonly first: Try;
  readonly schedule: Schedule;
  /** smallest: each simplification of it was seen to lose the goal, in one trial at least. rare: it met the goal once, and not the next time, so that nothing can be said of simpler ones. */
  readonly shrunk: 'smallest' | 'no time' | 'rare';
  /** Of the trials that count: how many met the goal; and how many did not count. */
  readonly confirmed: { readonly met: number; readonly tried: number; readonly uncounted: number };
}

/**
 * Null: nothing met the goal. What did not meet it in each of its last trials is kept, and the hunt goes on for what does while there is budget. Neither
 * result nor the order of schedules depends on how many labs there are at once; the numbers of trials do.
 */
export const hunt = async (plan: HuntPlan, oracle: Oracle): Promise<Quarry | null> => {
  const numbered = numbers(plan, oracle);
  const draw = draws(plan.seed);
  let best: Quarry | null = null;
  for (;;) {
    const prey = await search(plan, oracle, { numbered, draw });
    if (prey === null || best !== null && prey.repeats !== true) break;
    const quarry = await confirmed(prey, { plan, oracle, numbered });
    const { met, tried } = quarry.confirmed;
    if (best === null || met * best.confirmed.tried > best.confirmed.met * tried) best = quarry;
    if (prey.repeats !== true || met === tried || oracle.left('search') <= 0) break;
    oracle.tell(`it met the goal in ${met} of ${tried} trials: the hunt goes on for what always does`);
  }
  if (best === null) oracle.tell('nothing met the goal');
  return best;
};

/**
 * Shrunk, and tried again as often as it takes to say how surely it does it. Where it does not each time, the last simplification cost too much after all: it
 * is taken back, and others are tried, as long as there is budget.
 */
const confirmed = async ({ first, repeats }: Prey, hunting: Shrinking): Promise<Quarry> => {
  const { plan: { confirmTries }, oracle, numbered } = hunting;
  const steps = [first.schedule];
  const lost = new Set<string>();
  let best: Quarry | null = null;
  for (;;) {
    const shrunk = repeats === true ? await shrink(steps, lost, hunting) : repeats === null ? 'no time' : 'rare';
    const schedule = steps.at(-1)!;
    oracle.tell(`${{ smallest: 'the smallest', 'no time': 'as small as there was time for', rare: 'nothing did it twice; what did it first' }[shrunk]}: ${nameOf(schedule)}`);
    // The first is told of in full; of those after it only the one that does it each time is of more use.
    const answers = await numbered.tryMany(schedule, 'confirm', { count: confirmTries, until: (met) => best !== null && met !== true });
    const counted = answers.filter((met) => met !== null);
    const met = counted.filter((answer) => answer).length;
    const always = met === confirmTries;
    if (best === null || always) best = { first, schedule, shrunk, confirmed: { met, tried: counted.length, uncounted: answers.length - counted.length } };
    if (always || steps.length === 1 || repeats !== true || oracle.left('shrink') <= 0) return best;
    oracle.tell(`it met the goal in ${met} of ${counted.length} trials: its last simplification is taken back`);
    lost.add(nameOf(steps.pop()!));
  }
};

const draws = (seed: number): (() => Schedule) => {
  let drawn = 0;
  return () => drawSchedule(seed, drawn += 1);
};

interface Numbered {
  readonly next: (schedule: Schedule, stage: Stage) => Try;
  /** Up to `count` trials of one schedule, as far as there is budget and `until` does not hold of what they said. */
  readonly tryMany: (schedule: Schedule, stage: Stage, how: { readonly count: number; readonly until: (answer: boolean | null) => boolean }) => Promise<readonly (boolean | null)[]>;
}

const numbers = ({ atOnce }: HuntPlan, oracle: Oracle): Numbered => {
  let last = 0;
  const next: Numbered['next'] = (schedule, stage) => ({ number: last += 1, schedule, stage });
  return {
    next,
    async tryMany(schedule, stage, { count, until }) {
      const answers: (boolean | null)[] = [];
      while (answers.length < count && !answers.some(until)) {
        const batch = Math.min(atOnce, count - answers.length, oracle.left(stage));
        if (batch <= 0) break;
        answers.push(...await oracle.tryAll(Array.from({ length: batch }, () => next(schedule, stage))));
      }
      return answers;
    },
  };
};

/** `repeats`: whether all further trials of the schedule met the goal as well; null: there was no budget for them. */
interface Prey { readonly first: Try; readonly repeats: boolean | null }

/** The first schedule, in the order of drawing, that meets the goal again and again; where there is none, the first that met it at all. */
const search = async ({ atOnce, shrinkTries }: HuntPlan, oracle: Oracle, { numbered: { next, tryMany }, draw }: { readonly numbered: Numbered; readonly draw: () => Schedule }): Promise<Prey | null> => {
  let rare: Prey | null = null;
  for (;;) {
    const batch = Math.min(atOnce, oracle.left('search'));
    if (batch <= 0) return rare;
    const tries = Array.from({ length: batch }, () => next(draw(), 'search'));
    const answers = await oracle.tryAll(tries);
    for (const first of tries.filter((_, at) => answers[at] === true)) {
      const more = await tryMany(first.schedule, 'search', { count: shrinkTries - 1, until: (met) => met !== true });
      const repeats = more.some((met) => met !== true) ? false : more.length === shrinkTries - 1 ? true : null;
      if (repeats === true) return { first, repeats };
      rare ??= { first, repeats };
      oracle.tell(`${nameOf(first.schedule)} met the goal, and ${repeats === null ? 'could not be tried again' : 'not again: the hunt goes on'}`);
    }
  }
};

interface Shrinking { readonly plan: HuntPlan; readonly oracle: Oracle; readonly numbered: Numbered }

/** Every simplification as often as it is kept, in their order; and again, until none is kept any more. `steps` gets what is kept, `lost` what is not. */
const shrink = async (steps: Schedule[], lost: Set<string>, { plan, oracle, numbered }: Shrinking): Promise<Quarry['shrunk']> => {
  for (let before = 0; before !== steps.length;) {
    before = steps.length;
    for (const { name, of } of simplifications) {
      for (let simpler = of(steps.at(-1)!); simpler !== null && !lost.has(nameOf(simpler)); simpler = of(steps.at(-1)!)) {
        const answers = await numbered.tryMany(simpler, 'shrink', { count: plan.shrinkTries, until: (met) => met !== true });
        const kept = answers.length === plan.shrinkTries && answers.every((met) => met === true);
        if (!kept && answers.length < plan.shrinkTries && answers.every((met) => met === true)) return 'no time';
        oracle.tell(`${name}: ${kept ? 'kept' : 'the goal is lost'}`);
        if (kept) steps.push(simpler);
        else lost.add(nameOf(simpler));
      }
    }
  }
  return 'smallest';
};

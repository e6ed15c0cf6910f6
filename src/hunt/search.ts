// The hunt itself: draw until the goal is met, shrink, confirm. Pure but for its oracle, which may be paper.

import { drawSchedule, nameOf, type Schedule } from './schedule.ts';
import { simplifications } from './simpler.ts';

export type Phase = 'search' | 'shrink' | 'confirm';

/** One trial: of this schedule, on a lab whose seed follows from `number`, which counts all trials of the hunt from 1. */
export interface Try { readonly number: number; readonly schedule: Schedule; readonly phase: Phase }

export interface Oracle {
  /** Whether each met the goal, in the order given; null: it cannot be told. No more than `atOnce` are asked for. */
  tryAll(tries: readonly Try[]): Promise<readonly (boolean | null)[]>;
  /** How many more trials of this phase may begin now. */
  left(phase: Phase): number;
  tell(text: string): void;
}

export interface HuntPlan {
  readonly seed: number;
  readonly atOnce: number;
  /** A simplification is kept when the goal is met in all of so many trials, each on a lab of another seed. */
  readonly shrinkTries: number;
  readonly confirmTries: number;
}

export interface Quarry {
  /** The trial that met the goal first, and its schedule. */
  readonly first: Try;
  readonly schedule: Schedule;
  /** Whether no simplification of it is left that was not seen to lose the goal. */
  readonly smallest: boolean;
  readonly confirmed: { readonly met: number; readonly tried: number };
}

/** Null: nothing met the goal. Neither result nor the order of schedules depends on how many labs there are at once; the numbers of trials do. */
export const hunt = async (plan: HuntPlan, oracle: Oracle): Promise<Quarry | null> => {
  const numbered = numbers(plan, oracle);
  const first = await search(plan, oracle, numbered);
  if (first === null) {
    oracle.tell('nothing met the goal');
    return null;
  }
  oracle.tell(`trial ${first.number} met the goal: ${nameOf(first.schedule)}`);
  const { schedule, smallest } = await shrink(first.schedule, { plan, oracle, numbered });
  oracle.tell(`${smallest ? 'the smallest' : 'as small as there was time for'}: ${nameOf(schedule)}`);
  const answers = await numbered.tryMany(schedule, 'confirm', { count: plan.confirmTries, until: () => false });
  return { first, schedule, smallest, confirmed: { met: answers.filter((met) => met === true).length, tried: answers.length } };
};

interface Numbered {
  readonly next: (schedule: Schedule, phase: Phase) => Try;
  /** Up to `count` trials of one schedule, as far as there is budget and `until` does not hold of what they said. */
  readonly tryMany: (schedule: Schedule, phase: Phase, how: { readonly count: number; readonly until: (answer: boolean | null) => boolean }) => Promise<readonly (boolean | null)[]>;
}

const numbers = ({ atOnce }: HuntPlan, oracle: Oracle): Numbered => {
  let last = 0;
  const next: Numbered['next'] = (schedule, phase) => ({ number: last += 1, schedule, phase });
  return {
    next,
    async tryMany(schedule, phase, { count, until }) {
      const answers: (boolean | null)[] = [];
      while (answers.length < count && !answers.some(until)) {
        const batch = Math.min(atOnce, count - answers.length, oracle.left(phase));
        if (batch <= 0) break;
        answers.push(...await oracle.tryAll(Array.from({ length: batch }, () => next(schedule, phase))));
      }
      return answers;
    },
  };
};

const search = async ({ seed, atOnce }: HuntPlan, oracle: Oracle, { next }: Numbered): Promise<Try | null> => {
  for (let drawn = 0; ;) {
    const batch = Math.min(atOnce, oracle.left('search'));
    if (batch <= 0) return null;
    const tries = Array.from({ length: batch }, () => next(drawSchedule(seed, drawn += 1), 'search'));
    const answers = await oracle.tryAll(tries);
    // Of several the first that was drawn, whichever lab was quicker.
    const met = tries.find((_, at) => answers[at] === true);
    if (met !== undefined) return met;
  }
};

interface Shrinking { readonly plan: HuntPlan; readonly oracle: Oracle; readonly numbered: Numbered }

/** Every simplification as often as it is kept, in their order; and again, until none is kept any more. */
const shrink = async (found: Schedule, { plan, oracle, numbered }: Shrinking): Promise<{ readonly schedule: Schedule; readonly smallest: boolean }> => {
  const lost = new Set<string>();
  let schedule = found;
  for (let before: Schedule | null = null; before !== schedule;) {
    before = schedule;
    for (const { name, of } of simplifications) {
      for (let simpler = of(schedule); simpler !== null && !lost.has(nameOf(simpler)); simpler = of(schedule)) {
        const answers = await numbered.tryMany(simpler, 'shrink', { count: plan.shrinkTries, until: (met) => met !== true });
        const kept = answers.length === plan.shrinkTries && answers.every((met) => met === true);
        if (!kept && answers.length < plan.shrinkTries && answers.every((met) => met === true)) return { schedule, smallest: false };
        oracle.tell(`${name}: ${kept ? 'kept' : 'the goal is lost'}`);
        if (kept) schedule = simpler;
        else lost.add(nameOf(simpler));
      }
    }
  }
  return { schedule, smallest: true };
};

// What others need of the analysis: the judge, and the ways into a record that reports draw from.

export { compareTrials } from './agreement.ts';
export type { Compared } from './agreement.ts';
export { controlsIn } from './controls.ts';
export type { Control } from './controls.ts';
export { diffTrials } from './difference.ts';
export type { Changed, Difference } from './difference.ts';
export { judgeRecord, judgeRun, judgeTrial, runOf } from './judge.ts';
export type { JudgedTrial } from './judge.ts';
export { actorStateOf, lacpBits } from './lacp.ts';
export { refreshesUs } from './lock-age.ts';
export type { Sight } from './quantities.ts';
export { afterMs, awaySpans, timelineOf } from './timeline.ts';
export type { Span, Timeline, Window } from './timeline.ts';

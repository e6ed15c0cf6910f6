// The second thread that a large run's reports are made by (store.ts).

import { parentPort, workerData } from 'node:worker_threads';

import { Problem } from '../model/problem.ts';
import { reportTrials, type WorkerAnswer, type WorkerTask } from './store.ts';

const { folder, names } = workerData as WorkerTask;

/** A Problem loses its class on the way; anything else ends the thread, and is heard of there. */
const answer = await reportTrials(folder, names).then((trials): WorkerAnswer => ({ trials }), (error: unknown): WorkerAnswer => {
  if (error instanceof Problem) return { problem: error.parts };
  throw error;
});
parentPort!.postMessage(answer);

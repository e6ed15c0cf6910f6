// HA as a scenario wants it. Only the stand-in can be switched by us; on Proxmox VE the administrator does it, and we look.

import type { Action } from '../model/command.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import type { HaState } from '../model/scenario.ts';
import { all, type Bench, waitFor } from './bench.ts';
import { allowsFencing } from './marker.ts';
import type { Survey } from './survey.ts';

/** The stand-in's switch, installed in the virtual lab's image (worlds/virtual/ha). */
const setMode = '/usr/lib/bondproof/ha/set-mode';

/** No watchdog counts while bonds are set up: stand-ins that do anything are made idle. */
export const quietHa = async (bench: Bench, surveys: ReadonlyMap<string, Survey>): Promise<void> => {
  const busy = [...surveys].filter(([, { haMode }]) => haMode !== null && haMode !== 'idle').map(([device]) => device);
  await all(busy.map(async (device) => bench.devices.act(modeAction(device, 'idle'), { timeoutMs: 90_000 })));
};

/** Then the nodes with the stand-in get the scenario's mode. Not asked for and never told one, a stand-in does not even run. */
export const startHa = async (bench: Bench, surveys: ReadonlyMap<string, Survey>): Promise<void> => {
  const standIns = [...surveys].filter(([, { node }]) => node.ha === 'stand-in').map(([device]) => device);
  await all(standIns.map(async (device) => bench.devices.act(modeAction(device, bench.scenario.ha), { timeoutMs: 90_000 })));
};

export const modeAction = (device: string, mode: string): Action => ({ device, command: { argv: [setMode, mode] } });

/** Brings each node's stand-in back to the mode that it has now. */
export const haUndo = (surveys: ReadonlyMap<string, Survey>): readonly Action[] =>
  [...surveys].flatMap(([device, { node, haMode }]) => node.ha === 'stand-in' ? [modeAction(device, haMode ?? 'idle')] : []);

/** Null, or why this scenario's HA state cannot be had on these nodes. */
export const haObstacle = (surveys: ReadonlyMap<string, Survey>, state: HaState, lab: { readonly name: string; readonly fencing: boolean }): Problem | null => {
  const obstacle = (found: string, right: string, todo: string): Problem => new Problem({ asked: `HA ${state} on lab ${lab.name}`, found, right, todo, exitCode: exitCodes.device });
  if (state === 'armed' && !lab.fencing) {
    return obstacle('the lab file does not allow fencing', '`fencing: true` in the lab file, for nodes that may be reset', 'allow it, or choose scenarios that do not arm HA');
  }
  const unmarked = [...surveys].filter(([, survey]) => state === 'armed' && !allowsFencing(survey)).map(([node]) => node);
  if (unmarked.length > 0) {
    return obstacle(`the marker of ${unmarked.join(', ')} does not allow fencing`, '`"fencing": true` in the marker of every node', 'place markers as `bondproof marker LAB --fencing` says, or choose scenarios that do not arm HA');
  }
  for (const [node, { node: { ha }, lrmState }] of surveys) {
    if (ha === 'stand-in') continue;
    if (state === 'rehearse') return obstacle(`${node} has no HA stand-in`, 'a node of the virtual lab', 'leave the rehearse scenarios out');
    if (state === 'armed' && lrmState !== 'active') {
      return obstacle(`the LRM of ${node} is ${lrmState ?? 'not there'}`, 'an active LRM', `start an HA resource on ${node}`);
    }
    if (state === 'idle' && lrmState === 'active') return obstacle(`the LRM of ${node} is active`, 'an idle LRM', `stop the HA resources on ${node}`);
  }
  return null;
};

/** The LRM refreshes every 10 s: a lock that is older than this was not refreshed when it should have been. */
const freshMs = 12_000;

/** Every LRM holds its lock and has just refreshed it: no node enters the trial with a watchdog that already counts. */
export const waitForHa = async (bench: Bench): Promise<void> => {
  if (bench.scenario.ha === 'idle') return;
  await waitFor(bench, 'every LRM active, its lock fresh', { everyMs: 250, timeoutMs: 120_000 }, () => staleLock(bench));
};

/** Null, or the first node whose LRM is not active with a fresh lock. */
export const staleLock = ({ view, record, scenario }: Bench): string | null => {
  if (scenario.ha === 'idle') return null;
  for (const [name, node] of view.nodes) {
    if (node.lrmState !== 'active' || node.refreshedUs === null) return `${name}: LRM ${node.lrmState ?? 'has not reported'}`;
    const ageMs = (record.nowUs() - node.refreshedUs) / 1000;
    if (ageMs > freshMs) return `${name}: lock is ${Math.round(ageMs / 1000)} s old`;
  }
  return null;
};

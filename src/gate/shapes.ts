// All that bondproof runs on a device, as data: the sources' own commands, with holes where their arguments vary. What is no shape the gate refuses.

import { createHash } from 'node:crypto';

import { reservationCommand } from '../agent/reservation.ts';
import { holderCommand, type HoldPlan } from '../agent/holder.ts';
import { agentCommand, agentSource } from '../agent/source.ts';
import { faults, injectorOf } from '../faults/index.ts';
import { nicState } from '../faults/netem.ts';
import { dialectOf, portGroups, writeInterfaces } from '../harness/configuration.ts';
import { quorumOf } from '../harness/convergence.ts';
import { armUndo, undoText } from '../harness/guard.ts';
import { modeAction } from '../harness/ha.ts';
import { holdPlan, leaseMs } from '../harness/injection.ts';
import { agentConfig } from '../harness/observer.ts';
import { tracesOf, undoTraces } from '../harness/recovery.ts';
import { leaseFitness } from '../harness/lease-fitness.ts';
import { surveyOf } from '../harness/survey.ts';
import type { Action, Command } from '../model/command.ts';
import type { DeviceId, Lab, Node } from '../model/lab.ts';
import { formOf, injectors, lacpRates, type HaState, type PortsConfig } from '../model/scenario.ts';

/** What may stand in a hole: gate.py has the patterns. `quoted` is a text as one word of a shell. */
export type Hole = 'token' | 'number' | 'seconds' | 'milliseconds' | 'text' | 'quoted';

/** A text as it is, or in pieces. */
export type Pieces = string | readonly (string | { readonly hole: Hole })[];
export type Word = Pieces | { readonly sha256: string };

export interface Shape {
  readonly argv: readonly Word[];
  /** Standard input is one of these, as a whole. */
  readonly texts?: readonly Pieces[];
  /** Standard input begins with what has this digest; what follows is the running agent's affair. */
  readonly begins?: { readonly bytes: number; readonly sha256: string };
  /** The first line of standard input is one of these, as a holder's plan; what follows is the running holder's affair. */
  readonly plans?: readonly Plan[];
}

interface Plan { readonly undo: Pieces; readonly parts: HoldPlan['parts'] }

/** Stand for themselves in a source's command, and become holes; no command has them otherwise. */
const [token, text] = ['<token>', '<text>'];
const holes: Readonly<Record<string, Hole>> = { [token]: 'token', [text]: 'text', [`'${text}'`]: 'quoted' };

const pieces = (whole: string): Pieces => {
  const parts = whole.split(/(<token>|'<text>'|<text>)/).filter((part) => part !== '').map((part) => holes[part] ? { hole: holes[part] } : part);
  return parts.some((part) => typeof part === 'object') ? parts : whole;
};

/** Longer words, scripts and programs, are known by their digest: the list stays one that a person can read. */
const longestWord = 80;

/** A command's words; those at `open` are holes, and so is what stands for one. */
export const words = (argv: readonly string[], open: Readonly<Record<number, Hole>> = {}): readonly Word[] =>
  argv.map((word, at) => open[at] ? [{ hole: open[at] }] : word.length > longestWord ? { sha256: digestOf(word) } : pieces(word));

export const digestOf = (data: string): string => createHash('sha256').update(data).digest('hex');

const shape = ({ argv, stdin }: Command): Shape => ({ argv: words(argv), ...stdin === undefined ? {} : { texts: [pieces(stdin)] } });

const haStates: readonly HaState[] = ['idle', 'armed', 'rehearse'];
const portsForms: readonly PortsConfig[] = [
  { kind: 'plain' }, { kind: 'static' }, ...lacpRates.flatMap((rate) => [{ kind: 'lacp', rate } as const, { kind: 'lacp', rate, switches: 2 } as const]),
];

/** Every shape for one device of a lab. */
export const shapesOf = (lab: Lab, device: DeviceId): readonly Shape[] => {
  const node = lab.nodes.find(({ name }) => name === device);
  const own = node ? nodeShapes(lab, node) : switchShapes(lab);
  const { revert, traces, undone, lifted } = faultsOn(lab, device);
  const nics = lab.links.filter((link) => link.node === device).map(({ nic }) => nic);
  return together([
    // What a reservation hears goes into its own files only.
    ...own, shape(tracesOf.command), { argv: words(reservationCommand().argv), begins: { bytes: 0, sha256: digestOf('') } }, ...undoTraces(device, { tokens: [token], nics, ingress: nics, lease: ['any'] }).map(({ command }) => shape(command)),
    ...[...revert, ...traces].map(({ command }) => shape(command)),
    { argv: words(holderCommand(token, { leaseMs, capMs: 1000 }).argv, { 6: 'milliseconds', 7: 'seconds' }), plans: undone },
    ...node ? [{ argv: words(holderCommand(token, { leaseMs, capMs: 1000, manager: 'kernel' }).argv), plans: lifted }] : [],
  ]);
};

const nodeShapes = (lab: Lab, node: Node): readonly Shape[] => {
  const modes = haStates.map((mode) => modeAction(node.name, mode));
  const interfaces = writeInterfaces(node, text);
  const head = `${agentSource()}${JSON.stringify(agentConfig(lab, node))}\n`;
  return [
    shape(surveyOf(node).command), shape(leaseFitness.command), shape(quorumOf.command), ...node.slaves.map((nic) => shape(nicState(nic))),
    ...[...modes, interfaces].map(({ command }) => shape(command)),
    arming([[interfaces], ...modes.map((mode) => [mode, interfaces])]),
    { argv: words(agentCommand().argv), begins: { bytes: Buffer.byteLength(head), sha256: digestOf(head) } },
  ];
};

const switchShapes = (lab: Lab): readonly Shape[] => {
  const dialect = dialectOf(lab);
  if (dialect === null) return [];
  const groups = portGroups(lab);
  const forms = portsForms.filter((form) => dialect.forms?.includes(formOf(form)) !== false).map((form) => dialect.configure(groups, form));
  return [
    ...[dialect.version.command, dialect.current(groups).command, ...dialect.asFound === undefined ? [] : [dialect.asFound(groups).command], dialect.health(groups).command, ...dialect.counters === undefined ? [] : [dialect.counters(lab.links.map(({ port }) => port)).command], ...forms.flat()].map(shape),
    arming(forms.map((commands) => commands.map((command) => ({ device: lab.switch.name, command })))),
  ];
};

/** Undos of a configuration that may be armed. */
const arming = (undos: readonly (readonly Action[])[]): Shape => {
  const commands = undos.map((actions) => armUndo(token, actions, 1000));
  return { argv: words(commands[0]!.argv, { 5: 'seconds' }), texts: commands.map(({ stdin }) => pieces(stdin!)) };
};

/** What faults do on a device: they are put there by a holder only, with their whole undo; taken away they are by anybody. */
const faultsOn = (lab: Lab, device: DeviceId): { readonly revert: readonly Action[]; readonly traces: readonly Action[]; readonly undone: readonly Plan[]; readonly lifted: readonly Plan[] } => {
  const here = (actions: readonly Action[]): readonly Action[] => actions.filter((action) => action.device === device);
  const dialect = dialectOf(lab);
  const changes = lab.links.flatMap((link) => injectors.flatMap((wanted) => faults.filter(({ possible }) => possible?.(dialect) !== false).map((fault) =>
    ({ change: fault.plan(link, { lab, dialect, injector: wanted }), byKernel: injectorOf(fault.name, wanted) === 'lease' }))))
    .filter(({ change }) => here(change.revert).length > 0);
  const plansOf = (wanted: boolean): readonly Plan[] => unique(changes.filter(({ byKernel }) => byKernel === wanted).map(({ change, byKernel }) => {
    const { undo, parts } = holdPlan({ token, what: '', openedAt: '' }, change, { device, undo: byKernel ? '' : undoText(token, here(change.revert)) });
    return { undo: pieces(undo), parts };
  }));
  return {
    revert: changes.flatMap(({ change }) => here(change.revert)),
    traces: changes.flatMap(({ change }) => here(change.traces)),
    undone: plansOf(false),
    lifted: plansOf(true),
  };
};

const unique = <T>(all: readonly T[]): readonly T[] => [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];

/** One shape for each command, with all the texts that it may be given. */
const together = (shapes: readonly Shape[]): readonly Shape[] =>
  [...Map.groupBy(shapes, ({ argv }) => JSON.stringify(argv)).values()].map((same) => {
    const texts = unique(same.flatMap((each) => each.texts ?? []));
    return texts.length === 0 ? same[0]! : { ...same[0]!, texts };
  });

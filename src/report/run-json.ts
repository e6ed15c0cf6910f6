// run.json: the whole result for machines, with a published schema that the compiler keeps equal to the type.

import * as z from 'zod';
import { setByWays } from '../model/bond-hooks.ts';
import { anchors } from '../model/phase.ts';
import { outcomes, predictedWhats } from '../model/result.ts';
import type { RunResult } from '../model/result.ts';
import { injectors } from '../model/scenario.ts';
import { escapeJson } from './text.ts';
import { byText } from './words.ts';

const ms = (words: string) => z.number().describe(`${words}, in ms`);
const msOrNull = (words: string) => z.number().nullable().describe(`${words}, in ms; null: it did not happen, or could not be seen`);
const count = () => z.int().nonnegative();
const faultClass = z.enum(['none', 'partial', 'isolated']).nullable();
const attempt = z.union([z.literal(1), z.literal(2)]).describe('2 when an invalid trial is repeated');

const fenced = z.object({
  node: z.string(),
  afterMs: ms('From the injection to the reset'),
  errorMs: ms('How far afterMs may be off'),
  bystander: z.boolean().describe('Whether its own bond was healthy'),
  rehearsed: z.boolean().describe('The watchdog only said that it would have reset the node'),
});

const nodeResult = z.object({
  outOfQuorumMs: ms('Time out of quorum'),
  deliveryOutageMs: ms('The longest time without ordered delivery'),
  fenced: z.boolean(),
  memberships: count(),
  tokenLosses: count(),
  lockAgeMs: msOrNull("The oldest that the LRM's lock became"),
  nearMissMs: z.number().nullable().describe('What was left to the point of no return, 60 s of lock age, in ms; null: it was reset, or had no lock'),
  settled: z.boolean().describe('Whether it had settled when the watch ended: at the revert, or, where the fault had an end of its own, after it'),
});

const darkPair = z.object({
  from: z.string().describe('The sender'),
  to: z.string().describe('The node that did not hear it'),
  fromMs: ms('Dark since, after the injection'),
  toMs: msOrNull('Heard again, after the injection; null: dark until the revert'),
  lossRatio: z.number().min(0).max(1),
  predicted: z.boolean().describe('Whether the transmit hash foretold it'),
});

const lacp = z.object({
  switchExpiredMs: msOrNull("The switch's partner bits on the hit slave said EXPIRED"),
  switchDefaultedMs: msOrNull("The switch's partner bits said DEFAULTED"),
  nodeStoppedMs: msOrNull('The victim stopped to distribute on the hit slave'),
  preventedByReset: z.boolean().describe('A reset of the victim came before one of these'),
  errorMs: z.number().exactOptional().describe('How far each of these may be off'),
});

const phase = z.object({
  anchor: z.enum(anchors).describe('The last LACPDU that the victim sent on the hit slave, or the last refresh of its LRM'),
  wantedMs: ms('What was asked for'),
  measuredMs: msOrNull('From the last anchor before the fault to the fault'),
  errorMs: msOrNull('How far `measuredMs` may be off'),
});

const prediction = z.object({
  what: z.enum(predictedWhats),
  earliestMs: ms('The earliest after the injection'),
  latestMs: z.number().nullable().describe('The latest after the injection, in ms; null: at any time after the earliest, or never'),
  measuredMs: msOrNull('When it came, after the injection'),
  within: z.boolean().nullable().describe('Whether it came as predicted; null: it did not come, and need not have, or its instant is not known well enough'),
  narrowerByMs: z.number().exactOptional().describe('By so much narrower would the interval of its instant have to be, for it to be told'),
  source: z.string().describe('What the prediction follows from'),
});

const trial = z.object({
  number: count(),
  attempt,
  repetition: count(),
  folder: z.string().describe("The trial's folder below the run's"),
  scenario: z.string(),
  outcome: z.enum(outcomes),
  valid: z.boolean(),
  reason: z.string(),
  victim: z.string().describe('The node whose NIC was silenced'),
  fault: z.string(),
  injector: z.enum(injectors).nullable().describe('What silenced the NIC; null for a fault that has a way of its own'),
  link: z.string().nullable().describe('The hit cable, <node>-<nic>'),
  also: z
    .object({ victim: z.string(), link: z.string().describe('Its hit cable'), class: z.object({ predicted: faultClass, measured: faultClass }), lacp: lacp.nullable() })
    .exactOptional()
    .describe('The second victim, hit at the same time, and of it what victim, link, class and lacp say of the first; absent: there was none'),
  ha: z.string(),
  bondOptionsBy: z.record(z.string(), z.enum(setByWays)).describe("How each of the scenario's further bond options, and its neighbours, were set: by an option of ifupdown2, or by a command that it runs"),
  class: z.object({ predicted: faultClass, measured: faultClass }),
  findings: z.array(z.object({ what: z.string(), found: z.string() })).describe('What must not be so, or was predicted otherwise, and was seen all the same'),
  predictions: z.array(prediction),
  blastRadius: count().describe('How many nodes with a healthy bond were reset'),
  phase: phase.nullable().describe('When the fault came in the period of what the victim does again and again; null: no phase was asked for'),
  faultMs: msOrNull('How long the fault lasted'),
  fenced: z.array(fenced),
  nodes: z.record(z.string(), nodeResult),
  darkPairs: z.array(darkPair),
  lacp: lacp.nullable(),
  lacpdus: z
    .object({
      sentMs: msOrNull('The median time from one LACPDU of the victim to its next'),
      receivedMs: msOrNull('The same of the switch’s'),
      switchSilentMs: msOrNull('From the last LACPDU that the switch got on the hit slave until it gave the port up'),
    })
    .nullable(),
  activeSlave: z
    .object({ before: z.string().describe('In use before the fault'), changedMs: msOrNull('From the injection until another was in use'), changedTo: z.string().nullable() })
    .nullable()
    .describe('The slave in use; null: the mode has none, or it was not seen'),
  counts: z.object({ knetChanges: count(), tokenLosses: count(), memberships: count(), quorumChanges: count(), lacpChanges: count() }),
  proof: z.array(z.object({ what: z.string(), held: z.boolean(), found: z.string() })),
  recoveryMs: msOrNull('From the revert until the lab was whole'),
});

export const runSchema = z
  .object({
    format: z.literal(1),
    run: z.string(),
    startedAt: z.string().describe('ISO 8601, UTC'),
    campaign: z.string(),
    lab: z.string(),
    world: z.string(),
    seed: z.number(),
    planned: count(),
    about: z.record(z.string(), z.string()).describe('Versions of what ran'),
    simulated: z.array(z.string()).describe('What was not the real thing'),
    blastRadius: z.number().nonnegative().nullable().describe('The mean of that of all valid trials; null: there are none'),
    trials: z.array(trial),
  })
  .meta({ title: 'The result of a bondproof run' });

/** Pretty JSON with a final newline: keys in the order of the schema, those of records sorted. */
export const runJson = (run: RunResult): string => `${escapeJson(JSON.stringify(sortRecords(runSchema.parse(run)), null, 2))}\n`;

/** The JSON Schema (draft 2020-12) of `run.json`; readers must bear keys that they do not know. */
export const runSchemaText = (): string => `${JSON.stringify(z.toJSONSchema(runSchema, { io: 'input' }), null, 2)}\n`;

const sortRecords = (run: z.infer<typeof runSchema>): z.infer<typeof runSchema> => ({
  ...run,
  about: sorted(run.about),
  trials: run.trials.map((one) => ({ ...one, nodes: sorted(one.nodes), bondOptionsBy: sorted(one.bondOptionsBy) })),
});

const sorted = <T>(record: Record<string, T>): Record<string, T> => Object.fromEntries(Object.entries(record).sort(([a], [b]) => byText(a, b)));

type Plain<T> = T extends readonly (infer Item)[] ? readonly Plain<Item>[] : T extends object ? { readonly [Key in keyof T]: Plain<T[Key]> } : T;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** Compiles only while the schema and the type say the same. */
export const schemaIsTheType: Same<Plain<z.infer<typeof runSchema>>, Plain<RunResult>> = true;

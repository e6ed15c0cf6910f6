// The ports of a managed switch for one trial: in the scenario's form while it lasts, as they were before and after.

import { isDeepStrictEqual } from 'node:util';

import type { Lab } from '../model/lab.ts';
import type { PortsConfig } from '../model/scenario.ts';
import type { ManagedDialect } from '../switches/dialect.ts';
import { TrialBroken, type Bench } from './bench.ts';
import type { Devices } from './devices.ts';
import { planForm, requireAllowed, spareS, type FormPlan } from './form-plan.ts';
import { isOtherForm, portsSeen } from './form-seen.ts';
import { undoCapMs } from './keeping.ts';
import { putInForm, type FormInForce } from './switch-form.ts';

/** A switch that trials see as a passive one, but that has its ports put into the form of each. */
export interface ManagedSwitch {
  /** As its lab file has it. */
  readonly lab: Lab;
  readonly dialect: ManagedDialect;
  /** Beside those of the nodes: it cannot be reserved. */
  readonly devices: Pick<Devices, 'run' | 'session'>;
  /** The date in ms, which goes on while this machine sleeps. */
  readonly wallMs: () => number;
}

/** The switch takes its form back when the nodes take back theirs: in between they would be cut off, and might be reset for it. */
const forS = undoCapMs / 1000 - spareS;

/** Null where the ports are in that form by the lab file's word. Throws a Problem for a form that cannot be had, or that the lab file does not allow. */
export const planTrialForm = ({ lab, dialect }: Pick<ManagedSwitch, 'lab' | 'dialect'>, ports: PortsConfig): FormPlan | null => {
  if (isDeepStrictEqual(lab.switch.ports, ports)) return null;
  const plan = planForm(lab, dialect, { ports, forS });
  requireAllowed(plan);
  return plan;
};

/** All of it does nothing where the switch is not a managed one, or has the form by the lab file's word. */
export interface TrialForm {
  /** Rejects with a Problem where the switch does not do it; then it was taken back. */
  give(): Promise<void>;
  /** What the switch says of its ports when LACP had its time, which must not be another form. */
  see(): Promise<void>;
  /** A form that the switch took back in the middle of a trial is not what was measured. */
  requireHeld(): Promise<void>;
  /** Whatever became of the trial. Rejects with a Problem, which ends the run, where the configuration is not what it was before. */
  takeBack(): Promise<void>;
}

export const trialForm = (bench: Bench): TrialForm => {
  const { managed, run, journal, record, signal, scenario: { ports }, open: { clock } } = bench;
  const plan = managed === null ? null : planTrialForm(managed, ports);
  if (managed === null || plan === null) return { give: nothing, see: nothing, requireHeld: nothing, takeBack: nothing };
  const device = managed.lab.switch.name;
  const { dialect } = managed;
  let form: FormInForce | null = null;
  return {
    async give() {
      const sinceUs = record.nowUs();
      form = await putInForm(plan, { ...managed, run, journal, clock, signal, tell: (text) => { bench.tell('configure', text, 0); } });
      record.note({ type: 'ports-formed', device, dialect: dialect.name, proven: dialect.proven, ports }, sinceUs);
    },
    async see() {
      const seen = portsSeen(plan, await form?.aggregates() ?? []);
      record.note({ type: 'ports-seen', device, ports: seen.map(({ node, port, aggregate, inUse }) => ({ node, port, aggregate: aggregate?.name ?? null, mode: aggregate?.mode ?? null, rate: aggregate?.rate ?? null, inUse })) });
      const other = seen.find(({ aggregate }) => isOtherForm(ports, aggregate));
      if (other !== undefined) throw new TrialBroken(`${device} says of its port ${other.port} another form than the scenario's`);
    },
    async requireHeld() {
      if (await form?.stands() === false) throw new TrialBroken(`${device} took the form of its ports back while the trial was running`);
    },
    async takeBack() {
      if (form === null) return;
      const sinceUs = record.nowUs();
      bench.tell('recover', `${device} takes back the form of its ports`, 0);
      await form.takeBack();
      record.note({ type: 'ports-as-before', device }, sinceUs);
    },
  };
};

const nothing = async (): Promise<void> => Promise.resolve();

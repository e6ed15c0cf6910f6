// A lab file's text, checked as a whole, becomes a lab. All of its mistakes are told at once, each with its line.

import type { Lab } from '../model/lab.ts';
import { sshContradictions, virtualContradictions } from './contradiction.ts';
import { mistakesOf, readDocument } from './document.ts';
import { sshSchema, timewarpSchema, virtualSchema } from './schema.ts';
import { sshLab } from './ssh-lab.ts';
import { nodesAtMost, virtualLab } from './virtual-lab.ts';
import { told, valueAt } from './value.ts';
import type { Path } from './yaml-text.ts';

export interface LabFileContext {
  /** The file's name, as the user gave it; errors begin with it. */
  readonly file: string;
  /** What `~` stands for in paths of keys. */
  readonly home: string;
  /** Names of the switch dialects there are. */
  readonly dialects: readonly string[];
  /** Those of managed switches. */
  readonly managed?: readonly string[];
}

/** Throws one Problem for all that is wrong. */
export const loadLab = (text: string, { file, home, ...known }: LabFileContext): Lab => {
  const { yaml, fail } = readDocument(text, file, 'a map that begins with name and world, like labs/virtual.yaml');
  const world = valueAt(yaml.data, ['world']);
  if (world === 'virtual' || world === 'timewarp') {
    const form = world === 'virtual' ? virtualSchema.safeParse(yaml.data) : timewarpSchema.safeParse(yaml.data);
    const mistakes = [...mistakesOf(form, yaml), ...virtualContradictions(yaml, nodesAtMost[world])];
    return form.success && mistakes.length === 0 ? virtualLab(form.data) : fail(mistakes);
  }
  if (world === 'ssh') {
    const form = sshSchema.safeParse(yaml.data);
    const mistakes = [...mistakesOf(form, yaml, keyScan), ...sshContradictions(yaml, known, keyScan)];
    return form.success && mistakes.length === 0 ? sshLab(form.data, home) : fail(mistakes);
  }
  return fail([{ offset: yaml.offsetOf(['world']), found: told(yaml.data, ['world']), right: '"virtual" (bondproof brings the machines up), "timewarp" (the same, on one kernel whose time jumps) or "ssh" (they are there)' }]);
};

/** What prints the fingerprint that is wrong or missing; nothing for other values. */
const keyScan = (data: unknown, path: Path): string | undefined => {
  if (path.at(-1) !== 'hostKey') return undefined;
  const device = path.slice(0, -1);
  const host = valueAt(data, [...device, 'host']);
  const port = valueAt(data, [...device, 'port']);
  const command = `ssh-keyscan ${typeof port === 'number' ? `-p ${port} ` : ''}${typeof host === 'string' && /^[\w.:-]+$/.test(host) ? host : 'HOST'} | ssh-keygen -lf -`;
  return `run ${command} and compare with what the device's own console shows`;
};

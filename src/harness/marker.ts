// Whether a node's marker says that it belongs to the lab: present, root's alone, this machine's, in time.

import type { Lab, NodeId } from '../model/lab.ts';
import { isDay, markerFolder, markerPath, type Marker } from '../model/marker.ts';
import { readJson, shownJson } from '../model/shape.ts';
import type { MarkerSeen, Survey } from './survey.ts';

/** What is wrong with a node's marker, or null. `today` is the orchestrator's date: a node's clock may be anything. */
export const markerWrong = (lab: Pick<Lab, 'name' | 'cluster'>, { machineId, marker: seen }: Survey, today: string): string | null => {
  if (!isMachineId(machineId)) return `its /etc/machine-id is ${machineId === '' ? 'empty or not there' : JSON.stringify(machineId)}`;
  const exposed = exposedBy(seen);
  if (exposed !== null) return exposed;
  const marker = markerOf(seen.text);
  if (typeof marker === 'string') return `${markerPath} ${marker}`;
  if (marker.lab !== lab.name) return `a marker of lab ${marker.lab}`;
  if (marker.cluster !== lab.cluster) return `a marker of cluster ${marker.cluster}`;
  if (marker.machineId !== machineId) return `a marker copied from another machine: made for ${marker.machineId}, this is ${machineId}`;
  return today > marker.until ? `a marker that ended on ${marker.until}` : null;
};

/** What a marker that holds says, in words. */
export const markerWords = ({ marker }: Survey): string => {
  const said = markerOf(marker.text);
  return typeof said === 'string' ? said : `lab ${said.lab} until ${said.until}, fencing ${said.fencing ? '' : 'not '}allowed`;
};

/** Whether a node's own marker lets it be reset. Of a marker that is wrong in any way, no. */
export const allowsFencing = ({ marker, machineId }: Survey): boolean => {
  const said = markerOf(marker.text);
  return typeof said !== 'string' && exposedBy(marker) === null && said.machineId === machineId && said.fencing;
};

/** Nodes under two names that are one machine: what is done to one would be done to the other, and neither would be a peer. */
export const machineTwice = (node: NodeId, surveys: ReadonlyMap<NodeId, Survey>): string | null => {
  const own = surveys.get(node)?.machineId;
  const others = [...surveys].filter(([name, { machineId }]) => name !== node && machineId === own).map(([name]) => name);
  return others.length === 0 ? null : `machine-id ${own ?? ''}, as ${others.join(' and ')}`;
};

/** As systemd writes it, machine-id(5). */
const isMachineId = (text: string): boolean => /^[0-9a-f]{32}$/.test(text) && !/^0+$/.test(text);

/** Whoever else than root could have written it, or put another in its place. */
const exposedBy = ({ folder, file }: MarkerSeen): string | null => {
  if (file === null) return `no ${markerPath}`;
  if (folder === null) return `${markerFolder} cannot be looked at`;
  if (folder.kind !== 'directory') return `${markerFolder} is a ${folder.kind}`;
  if (file.kind !== 'regular file') return `${markerPath} is a ${file.kind}`;
  for (const [path, { uid, mode }] of [[markerFolder, folder], [markerPath, file]] as const) {
    if (uid !== 0) return `${path} belongs to uid ${uid}`;
    if ((mode & 0o022) !== 0) return `${path} has mode ${mode.toString(8)}: others than root may write it`;
  }
  return null;
};

/** The marker, or what is wrong with the text. A key that it should not have may be one that is misspelt. */
const markerOf = (text: string): Marker | string => {
  const data = readJson(text);
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return 'is not a JSON object';
  const said: Readonly<Record<string, unknown>> = { fencing: false, ...data };
  const stranger = Object.keys(said).find((key) => !Object.hasOwn(kinds, key));
  if (stranger !== undefined) return `has an unknown key ${shownJson(stranger)}`;
  const wrong = Object.entries(kinds).find(([key, isRight]) => !isRight(said[key]));
  if (wrong) return said[wrong[0]] === undefined ? `has no ${wrong[0]}` : `has ${wrong[0]} ${shownJson(said[wrong[0]])}`;
  return said as unknown as Marker;
};

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

const kinds: Readonly<Record<keyof Marker, (value: unknown) => boolean>> = {
  lab: isText,
  cluster: isText,
  machineId: isText,
  until: (value) => typeof value === 'string' && isDay(value),
  fencing: (value) => typeof value === 'boolean',
};

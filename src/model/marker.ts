// The lab marker: what an administrator puts on a node to say that it belongs to a lab, and until when.

import type { Lab } from './lab.ts';

export interface Marker {
  /** The lab file's name of the lab. */
  readonly lab: string;
  /** corosync's cluster_name. */
  readonly cluster: string;
  /** The node's own /etc/machine-id: a marker that is copied along with a disk or a folder means nothing elsewhere. */
  readonly machineId: string;
  /** The last day on which it counts, as YYYY-MM-DD. */
  readonly until: string;
  /** Whether the node may be reset by its watchdog; no, where it says nothing. */
  readonly fencing: boolean;
}

export const markerFolder = '/etc/bondproof';
export const markerPath = `${markerFolder}/lab.json`;

/** Machines that end with their lab need no date. */
export const noEnd = '9999-12-31';

/** A day of the calendar as YYYY-MM-DD; such words are in order as the days are. */
export const isDay = (text: string): boolean => {
  const day = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
};

export const dayOf = (time: Date): string => time.toISOString().slice(0, 10);

/** One line of shell that places a node's marker, for root of that node: only there is its machine-id known. */
export const markerCommand = ({ name, cluster }: Pick<Lab, 'name' | 'cluster'>, { until, fencing }: Pick<Marker, 'until' | 'fencing'>): string => {
  const known = JSON.stringify({ lab: name, cluster, until, fencing }).slice(0, -1);
  // Names of labs and clusters have no such letter (labs/schema.ts).
  if (known.includes("'")) throw new Error(`no marker can be written for lab ${name} of cluster ${cluster}`);
  return [
    `mkdir -p ${markerFolder}`, 'read -r id < /etc/machine-id', `rm -f ${markerPath}`,
    `printf '%s"%s"}\\n' '${known},"machineId":' "$id" > ${markerPath}`,
    `chown root:root ${markerFolder} ${markerPath}`, `chmod 755 ${markerFolder}`, `chmod 644 ${markerPath}`,
  ].join(' && ');
};

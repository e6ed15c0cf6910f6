// The scope line: exactly what was tried. What nobody told is named as not told.

import type { Lab } from '../model/lab.ts';
import type { NodeSurvey } from '../model/event.ts';
import { listed, seconds } from '../report/words.ts';
import { cells } from './profile.ts';
import type { Trial } from './tests.ts';

export interface ScopeLine { readonly what: string; readonly is: string }

const notTold = 'not told';

/** Of what ran (`about`, each with the versions that were met), and of the bonds of the graded cells. */
export const scopeOf = (trials: readonly Trial[], about: Readonly<Record<string, readonly string[]>>): readonly ScopeLine[] => {
  const of = (what: string): string => about[what]?.join(' | ') ?? notTold;
  const labs = [...new Map(trials.map(({ lab }) => [lab.name, lab])).values()];
  const graded = trials.filter(({ scenario }) => cells.some((cell) => cell.role === 'graded' && cell.scenario === scenario.name));
  const surveys = graded.flatMap(({ survey }) => survey ?? []);
  const bond = trials.find(({ scenario }) => scenario.name === '802.3ad/fast-fast')?.scenario.bond;
  return [
    { what: 'switch', is: `${unique(labs.map(switchWords))}; hardware and firmware ${of('switch')}; MLAG ${of('mlag')}` },
    { what: 'links', is: `${unique(labs.map(linksWords))}; speed and medium ${of('ports')}; NICs ${of('nics')}` },
    { what: 'nodes', is: `${unique(labs.map(({ nodes }) => String(nodes.length)))}; Proxmox VE ${of('pve')}; ${of('kernel')}` },
    { what: 'corosync', is: `${of('corosync')}, knet ${of('knet')}, token ${unique(surveys.map(tokenWords))}` },
    { what: 'bond', is: bond === undefined ? notTold : `${bond.mode}, ${bond.xmitHashPolicy}, miimon ${bond.miimonMs} ms, mux control ${unique(surveys.map(muxWords))}` },
    ...Object.keys(about).filter((what) => !told.includes(what)).map((what) => ({ what, is: of(what) })),
  ];
};

/** Said in lines of their own, or elsewhere on the certificate. */
const told: readonly string[] = ['switch', 'mlag', 'ports', 'nics', 'pve', 'kernel', 'corosync', 'knet', 'plan'];

const switchWords = ({ switch: { dialect, managed }, world }: Lab): string => `${managed ?? dialect}${world === 'ssh' ? '' : `, of an embedded ${world} lab`}`;

const linksWords = ({ links, nodes }: Lab): string => `${links.length / Math.max(1, nodes.length)} per node`;

const tokenWords = ({ totem }: NodeSurvey): string => totem === null ? notTold : seconds(totem.tokenMs);

/** Kernels without the option couple collecting and distributing (bonding.rst, coupled_control). */
const muxWords = ({ bond: { options } }: NodeSurvey): string => options?.coupledControl === 'off' ? 'independent' : 'coupled';

const unique = (words: readonly string[]): string => words.length === 0 ? notTold : listed([...new Set(words)]);

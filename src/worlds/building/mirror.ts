// Which Debian mirror this host uses already, from apt's own words. Images and kernels come from there; no host name is written down here.

import { exitCodes, Problem } from '../../model/problem.ts';
import { run } from './programs.ts';

/** @throws Problem (setup) where apt has none */
export const findMirror = async (signal: AbortSignal): Promise<string> => {
  const mirror = chooseMirror(await run(indexTargetsArgv, { signal }));
  if (mirror !== null) return mirror;
  throw new Problem({ asked: 'find a Debian mirror', found: "none in this host's apt sources", right: 'a Debian host with a mirror of the whole release', todo: 'see sources.list(5)', exitCode: exitCodes.setup });
};

/** What `apt-get indextargets` is asked for: one line a target, fields by tabs. */
const indexTargetsArgv: readonly string[] = [
  'apt-get', 'indextargets', '--format', '$(REPO_URI)\t$(RELEASE)\t$(COMPONENT)\t$(ORIGIN)', 'Created-By: Packages',
];

/**
 * The first mirror that serves whole Debian releases: neither security, updates nor backports alone, nor another's packages.
 * Origin is empty until the first `apt-get update`. Null: none is configured.
 */
export const chooseMirror = (indexTargets: string): string | null => {
  const targets = indexTargets.split('\n').map((line) => line.split('\t')).filter((fields) => fields.length === 4);
  const suits = ([uri = '', release = '', component = '', origin = '']: readonly string[]): boolean =>
    component === 'main' && /^(https?|file|copy):/.test(uri) && !/[-/](security|updates|backports|proposed-updates)/.test(release) && !/security/.test(uri)
    && (origin === 'Debian' || !known(origin) && /debian\/?$/.test(uri));
  return targets.find(suits)?.[0] ?? null;
};

/** apt leaves the name of a field that it has no value for as it is. */
const known = (origin: string): boolean => origin !== '' && !origin.startsWith('$(');

// Which of the kernel sources that a mirror has is the newest.

/** A package with the source of a kernel, `linux-source-7.2`. */
export interface Source {
  readonly suite: string;
  readonly name: string;
  /** The Debian package's. */
  readonly version: string;
}

/** From what `apt-cache madison` prints: `NAME | VERSION | MIRROR SUITE/main amd64 Packages`. The package without a number only leads to one of the others. */
export const sourcesIn = (suite: string, madison: string): readonly Source[] =>
  [...madison.matchAll(/^ *(linux-source-\d+\.\d+) *\| *(\S+) *\|/gm)].map(([, name = '', version = '']) => ({ suite, name, version }));

/** Of each package its newest version, the newest package first. Where suites have the same, the one that is listed first. */
export const newestFirst = (sources: readonly Source[]): readonly Source[] => {
  const sorted = sources.toSorted((a, b) => compareVersions(b.version, a.version));
  return sorted.filter(({ name }, at) => sorted.findIndex((other) => other.name === name) === at);
};

/** Below zero where `a` is older than `b`, as dpkg sees it (deb-version(7)). */
export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [partsOf(a), partsOf(b)];
  return left.epoch - right.epoch || compareParts(left.upstream, right.upstream) || compareParts(left.revision, right.revision);
};

const partsOf = (version: string): { readonly epoch: number; readonly upstream: string; readonly revision: string } => {
  const [, epoch = '0', upstream = '', revision = ''] = /^(?:(\d+):)?(.*?)(?:-([^-]*))?$/.exec(version) ?? [];
  return { epoch: Number(epoch), upstream, revision };
};

/** Text and number by turns, until two differ (deb-version(7), "Sorting algorithm"). */
const compareParts = (a: string, b: string): number => {
  let [left, right] = [a, b];
  while (left !== '' || right !== '') {
    const [textA, textB] = [/^\D*/.exec(left)![0], /^\D*/.exec(right)![0]];
    for (let at = 0; at < Math.max(textA.length, textB.length); at += 1) {
      const order = orderOf(textA[at]) - orderOf(textB[at]);
      if (order !== 0) return order;
    }
    [left, right] = [left.slice(textA.length), right.slice(textB.length)];
    const [digitsA, digitsB] = [/^\d*/.exec(left)![0], /^\d*/.exec(right)![0]];
    const order = Number(digitsA) - Number(digitsB);
    if (order !== 0) return order;
    [left, right] = [left.slice(digitsA.length), right.slice(digitsB.length)];
  }
  return 0;
};

/** `~` is before the end of a part, letters after it, all else after letters (lib/dpkg/version.c, order). */
const orderOf = (character: string | undefined): number => {
  if (character === undefined) return 0;
  if (character === '~') return -1;
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
};

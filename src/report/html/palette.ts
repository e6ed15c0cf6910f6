// The report's colours by name, for light and for dark. They differ in lightness as well as in hue; a test computes that each text can be read on what is behind it.

export type Scheme = 'light' | 'dark';

/** What is drawn differs from the card by 3 to 1 at least, what is written by 4.5 to 1 (WCAG 2.2, 1.4.11 and 1.4.3). */
export const colours = {
  light: {
    paper: '#faf9f7', card: '#ffffff', ink: '#1c1f26', soft: '#5a616d', line: '#e1e1de', grid: '#ecebe8', link: '#1d5f99', note: '#fdf5dd', noteline: '#e6cf8a',
    good: '#6c91a8', waiting: '#a88200', warn: '#c96f00', bad: '#c93a1c', worst: '#7a1648', away: '#868b95', fault: '#343a46', staged: '#868b95', some: '#bd5020',
    h3: '#f7dfb4', h2: '#eda957', h1: '#bd5020', h0: '#8e1f14', on3: '#1c1f26', on2: '#1c1f26', on1: '#ffffff', on0: '#ffffff', yes: '#0a705e', healthy: '#85173c',
  },
  dark: {
    paper: '#121418', card: '#1a1d23', ink: '#e7e8eb', soft: '#a0a7b3', line: '#2e323a', grid: '#262a31', link: '#84bdf0', note: '#2a2617', noteline: '#5d5226',
    good: '#5b7f95', waiting: '#c9a440', warn: '#f39a3b', bad: '#f2664a', worst: '#ef6ba8', away: '#7a818d', fault: '#c9cdd6', staged: '#6f7683', some: '#cf6a31',
    h3: '#4d3b22', h2: '#845620', h1: '#cf6a31', h0: '#ff7c58', on3: '#e7e8eb', on2: '#ffffff', on1: '#1b0d08', on0: '#1b0d08', yes: '#4fc3a8', healthy: '#ff9dbb',
  },
} as const satisfies Readonly<Record<Scheme, Readonly<Record<string, string>>>>;

/** Behind the white words of a badge; the same in both schemes. */
export const badges = {
  undisturbed: '#0a705e', disturbed: '#2568a8', isolated: '#866200', split: '#7d4391', fenced: '#b8481a', 'fenced-bystander': '#85173c', none: '#666c77',
} as const;

export const onBadge = '#ffffff';

type Colour = keyof typeof colours.light;

/** What is written in a colour, and on which others it stands. */
export const texts: readonly (readonly [text: Colour, ...behind: readonly Colour[]])[] = [
  ['ink', 'paper', 'card', 'note', 'grid'], ['soft', 'paper', 'card', 'note', 'grid'], ['link', 'paper', 'card', 'note'], ['bad', 'card'], ['worst', 'card'], ['yes', 'card'], ['healthy', 'paper'],
  ['on3', 'h3'], ['on2', 'h2'], ['on1', 'h1'], ['on0', 'h0'], ['card', 'link'],
];

/** What of the lanes and bars is known by being seen on the card; bars stand on the paper as well. */
export const drawn: readonly Colour[] = ['good', 'waiting', 'warn', 'bad', 'worst', 'away', 'fault', 'staged', 'some', 'h0', 'ink', 'soft', 'yes', 'link'];

const declared = (scheme: Scheme): string => Object.entries(colours[scheme]).map(([name, colour]) => `--${name}:${colour}`).join(';');

/** Paper is light: the dark scheme is for screens. */
export const paletteCss = [
  `:root{color-scheme:light dark;${declared('light')}}`,
  `@media screen and (prefers-color-scheme:dark){:root{${declared('dark')}}}`,
  `.badge{color:${onBadge};background:${badges.none}}`,
  ...Object.entries(badges).map(([outcome, colour]) => `.${outcome}{background:${colour}}`),
].join('');

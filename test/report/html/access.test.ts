// Whether the report can be read by eyes that see little, without a mouse, and by ear: what can be computed from the page itself.

import test from 'ava';
import { badges, colours, drawn, onBadge, texts } from '../../../src/report/html/palette.ts';
import { style } from '../../../src/report/html/style.ts';
import { reportHtml } from '../../../src/report/html.ts';
import { goldenRun, goldenTrials } from '../golden.ts';

const page = reportHtml(goldenRun, goldenTrials);

/** Relative luminance and contrast ratio as WCAG 2.2 defines them. */
const luminance = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const contrast = (one: string, other: string): number => {
  const [less = 0, more = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (more + 0.05) / (less + 0.05);
};

test('the formula is the one of WCAG', (t) => {
  t.is(contrast('#000000', '#ffffff'), 21);
  t.is(Math.round(contrast('#777777', '#ffffff') * 100) / 100, 4.48);
});

for (const scheme of ['light', 'dark'] as const) {
  test(`${scheme}: every text stands out from what is behind it by 4.5 to 1, every shape by 3 to 1`, (t) => {
    const tokens = colours[scheme];
    for (const [text, ...behind] of texts) for (const each of behind) t.true(contrast(tokens[text], tokens[each]) >= 4.5, `${text} on ${each}: ${contrast(tokens[text], tokens[each]).toFixed(2)}`);
    for (const shape of drawn) for (const behind of ['card', 'paper'] as const) t.true(contrast(tokens[shape], tokens[behind]) >= 3, `${shape} on ${behind}: ${contrast(tokens[shape], tokens[behind]).toFixed(2)}`);
  });
}

test('the words of a badge stand out from each of its colours', (t) => {
  for (const [outcome, colour] of Object.entries(badges)) t.true(contrast(onBadge, colour) >= 4.5, outcome);
});

test('no text and no stroke has a colour that is not computed above', (t) => {
  const used = (property: string): readonly string[] => [...style.matchAll(new RegExp(`[{;]${property}:([^;}]+)`, 'g'))].map(([, value = '']) => value);
  const written = new Set([...texts.map(([text]) => `var(--${text})`), onBadge, 'inherit']);
  t.deepEqual(used('color').filter((value) => !written.has(value)), []);
  const shapes = new Set(['var(--grid)', 'var(--card)', 'url(#hatch)', 'url(#cross)', ...drawn.map((name) => `var(--${name})`)]);
  t.deepEqual(used('stroke').filter((value) => !shapes.has(value)), []);
  t.deepEqual([...style.matchAll(/var\(--([a-z0-9]+)\)/g)].map(([, name = '']) => name).filter((name) => !(name in colours.light) && !['label', 'figure'].includes(name)), []);
});

test('it says its language, has its landmarks once, and a way past what comes first', (t) => {
  t.true(page.includes('<html lang="en">'));
  const body = page.slice(page.indexOf('<body>'));
  t.deepEqual(['header>\n<p class="kicker', 'nav aria-label', 'main id', 'footer>'].map((begin) => body.split(`<${begin}`).length - 1), [1, 1, 1, 1]);
  t.true(body.startsWith('<body>\n<a class="skip" href="#content">'));
  t.true(body.includes('<main id="content" tabindex="-1">'));
  t.regex(style, /:focus-visible\{outline:3px solid/);
  t.notRegex(style, /visibility:hidden/, 'what is hidden so cannot have the focus: the cursor waits for it unseen');
});

test('headings go down one step at a time, from the only one of the first kind', (t) => {
  const levels = [...page.matchAll(/<h([1-6])[ >]/g)].map(([, level]) => Number(level));
  t.is(levels.filter((level) => level === 1).length, 1);
  t.deepEqual(levels.filter((level, at) => level > (levels[at - 1] ?? 0) + 1), []);
});

test('every picture has a name and is told in words, or is not there for who listens', (t) => {
  for (const [svg, attributes = '', content = ''] of page.matchAll(/<svg ([^>]*)>([^]*?)<\/svg>/g)) {
    t.true(attributes.includes('aria-hidden="true"') || attributes.includes('role="img"') && /^<title>[^<]+<\/title>/.test(content), svg.slice(0, 200));
  }
  t.is(page.split('<div class="picture"').length, page.split(', lane by lane, in seconds after the injection</caption>').length);
});

test('tables say what they are and what their columns are; what scrolls can be reached with keys', (t) => {
  const tables = [...page.matchAll(/<table[^>]*>([^]*?)<\/table>/g)].map(([table]) => table);
  t.true(tables.length > 30);
  for (const table of tables) t.true(/<caption/.test(table) || table.includes('class="nodes"'), table.slice(0, 100));
  for (const [, attributes = ''] of page.matchAll(/<div class="wide"([^>]*)>/g)) t.regex(attributes, /role="region" tabindex="0" aria-label="[^"]+"/);
});

test('no name is given twice, and every name that is referred to is there', (t) => {
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id = '']) => id);
  t.deepEqual(ids.filter((id, at) => ids.indexOf(id) !== at), []);
  for (const [, id = ''] of page.matchAll(/aria-labelledby="([^"]*)"/g)) t.true(ids.includes(id), id);
});

test('no colour is the only sign: states of a lane differ in thickness or in pattern, a healthy node that was reset in words', (t) => {
  const strokes = new Map([...style.matchAll(/((?:path\.[a-z0-9-]+,?)+)\{([^}]*)\}/g)].flatMap(([, selectors = '', rules = '']) => selectors.split(',').map((selector) => [selector.slice('path.'.length), rules] as const)));
  const looks = ['good', 'waiting', 'warn', 'bad', 'worst', 'away'].map((tone) => `${/stroke-width:(\d+)/.exec(strokes.get(tone) ?? '')?.[1] ?? 'full'} ${/url\(#[a-z]+\)/.exec(strokes.get(tone) ?? '')?.[0] ?? 'plain'}`);
  t.is(new Set(looks).size, looks.length, looks.join(', '));
  t.true(page.includes('pve2 70.8 s<small>with a healthy bond</small>'));
});

test('on paper each trial begins a page, nothing scrolls, and nothing is there that only works on a screen', (t) => {
  const print = style.slice(style.lastIndexOf('@media print{'));
  for (const rule of ['break-before:page', '.wide{overflow:visible}', '.tools,.track,.scripted{display:none}']) t.true(print.includes(rule), rule);
  t.regex(style, /@media screen and \(prefers-color-scheme:dark\)/, 'paper is light');
});

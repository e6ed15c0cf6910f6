// The pages as people see them: in a real browser, at the width of a phone and of a desk, light, dark and printed, by mouse and by keyboard.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

import { certificateOf } from '../../src/certificate/certificate.ts';
import { certificatePage } from '../../src/certificate/page.ts';
import { claims } from '../../src/claims/index.ts';
import { judgeClaims } from '../../src/claims/verdict.ts';
import { reportHtml } from '../../src/report/html.ts';
import { verificationHtml } from '../../src/report/verification/html.ts';
import { trialOf } from '../claims/evidence.ts';
import { goldenRun, goldenTrials } from './golden.ts';
import { faintTexts, headingLevels, lostAnchors, nameless, pixelsTooWide, unfold } from './in-page.ts';

const program = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
/** Two trials of each scenario that a claim wants: in one of them a node with a healthy bond is reset. */
const evidence = [...new Set(claims.flatMap(({ cells }) => cells.map(({ scenario }) => scenario)))].flatMap((name) => [trialOf(name), trialOf(name, { outcome: 'fenced-bystander', blastRadius: 1 })]);

interface Context { browser: Browser | null; folder: string }
const test = anyTest as TestFn<Context>;

test.before('a browser', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bondproof-pages-'));
  // Its sandbox refuses root, and what it opens are pages of ours.
  t.context = { folder, browser: program === undefined ? null : await chromium.launch({ executablePath: program, args: ['--no-sandbox'] }) };
});

test.after.always('it goes', async (t) => {
  await t.context.browser?.close();
  rmSync(t.context.folder, { recursive: true });
});

const pages: Readonly<Record<string, () => string>> = {
  'report': () => reportHtml(goldenRun, goldenTrials),
  'verification': () => verificationHtml({ plan: 'SHA256:plan', verdicts: judgeClaims(claims, evidence), evidence, ofOtherPlans: 0, about: { corosync: ['3.1.9'] }, simulated: ['HA is a stand-in.'], worlds: ['timewarp'] }),
  'certificate': () => certificatePage(certificateOf({
    plan: 'SHA256:plan', seed: 7, issuedOn: '2026-02-28', signer: 'SHA256:signer', redactionOf: null, simulated: ['the switch is a Linux bridge'], profileSha256: 'abc', trials: [], holderEnds: [], ofOtherPlans: 0,
    about: { corosync: ['3.1.9'] }, lab: { name: 'rack', world: 'virtual' },
  })),
};

/** What it asked for beside itself, and what it complained of. */
interface Opened { readonly page: Page; readonly asked: readonly string[]; readonly complaints: readonly string[] }

const opened = async ({ browser, folder }: Context, name: string, options: BrowserContextOptions): Promise<Opened> => {
  const file = join(folder, `${name}.html`);
  if (!existsSync(file)) writeFileSync(file, pages[name]!());
  const page = await (await browser!.newContext({ ...options, offline: true })).newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => { if (request.url() !== pathToFileURL(file).href) asked.push(request.url()); });
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(pathToFileURL(file).href);
  return { page, asked, complaints };
};

const widths = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 900 } } as const;

const leftOut = (t: ExecutionContext<Context>): boolean => {
  if (t.context.browser !== null) return false;
  t.log('left out, no Chromium is installed here');
  t.pass();
  return true;
};

for (const name of Object.keys(pages)) {
  test(`${name}: alone, without a complaint, and no wider than a phone or a desk`, async (t) => {
    if (leftOut(t)) return;
    for (const [where, viewport] of Object.entries(widths)) {
      const { page, asked, complaints } = await opened(t.context, name, { viewport });
      t.deepEqual([asked, complaints], [[], []], where);
      await page.evaluate(unfold);
      t.is(await page.evaluate(pixelsTooWide), 0, `${where}: so many pixels too wide`);
      await page.close();
    }
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`${name}: every text can be read, ${colorScheme}`, async (t) => {
      if (leftOut(t)) return;
      const { page } = await opened(t.context, name, { viewport: widths.desk, colorScheme });
      await page.evaluate(unfold);
      t.deepEqual(await page.evaluate(faintTexts), []);
      await page.close();
    });
  }

  test(`${name}: whatever can be pressed has a name, and every link a target`, async (t) => {
    if (leftOut(t)) return;
    const { page } = await opened(t.context, name, { viewport: widths.desk });
    t.deepEqual(await page.evaluate(nameless), []);
    t.deepEqual(await page.evaluate(lostAnchors), []);
    const headings: readonly number[] = await page.evaluate(headingLevels);
    t.is(headings.filter((level) => level === 1).length, 1);
    t.true(headings.every((level, at) => level <= (headings[at - 1] ?? 0) + 1), `headings skip a level: ${headings.join(' ')}`);
    await page.close();
  });

  test(`${name}: prints`, async (t) => {
    if (leftOut(t)) return;
    const { page } = await opened(t.context, name, { viewport: widths.desk });
    const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
    const sheets = pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    t.true(sheets >= 1);
    if (name === 'certificate') t.is(sheets, 1, 'a certificate is one page');
    await page.close();
  });
}

test('report: the cursor reads every lane at one time, by mouse and by keyboard, and zoom is undone', async (t) => {
  if (leftOut(t)) return;
  const { page, complaints } = await opened(t.context, 'report', { viewport: widths.desk });
  await page.evaluate(unfold);
  const picture = page.locator('.picture').first();
  const slider = picture.getByRole('slider');
  const axis = async (): Promise<string> => picture.locator('.axis div').first().innerText();
  const value = async (): Promise<number> => Number(await slider.getAttribute('aria-valuenow'));
  const figures = async (): Promise<readonly string[]> => picture.locator('tbody tr > :nth-child(3)').allInnerTexts();

  const [said, whole] = [await figures(), await axis()];
  await slider.focus();
  const start = await value();
  await page.keyboard.press('Shift+ArrowRight');
  t.true(await value() > start);
  t.regex((await slider.getAttribute('aria-valuetext'))!, /^\d+\.\d s: ./);
  t.notDeepEqual(await figures(), said, 'it reads what is at the cursor');
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  t.not(await axis(), whole);
  await page.keyboard.press('0');
  t.is(await axis(), whole);

  const box = (await picture.boundingBox())!;
  await slider.blur();
  t.deepEqual(await figures(), said);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const middle = await value();
  await page.mouse.move(box.x + 0.6 * box.width, box.y + box.height / 2);
  t.true(await value() > middle);
  await page.mouse.move(0, 0);
  t.deepEqual(await figures(), said);
  t.deepEqual(complaints, []);
  await page.close();
});

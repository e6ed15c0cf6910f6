// A page as a PDF, by whichever Chromium is installed.

import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { host } from './host.ts';

const programs = ['chromium', 'chromium-browser', 'google-chrome'] as const;
const timeoutMs = 120_000;

/** False where none is installed, or it made no PDF: a certificate is whole without one. */
export const printPdf = async (page: string, pdf: string): Promise<boolean> => {
  // Chromium refuses to be root's with its sandbox; what it opens is a page of ours without scripts, which loads nothing.
  const options = ['--headless', '--disable-gpu', '--no-pdf-header-footer', ...host.uid === 0 ? ['--no-sandbox'] : []];
  for (const program of programs) {
    try {
      await promisify(execFile)(program, [...options, `--print-to-pdf=${pdf}`, pathToFileURL(page).href], { timeout: timeoutMs });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      await rm(pdf, { force: true });
      return false;
    }
  }
  return false;
};

// How far something long is: one line that is redrawn on a terminal, a line for each tenth and each new stretch elsewhere.

import { clip } from '../report/text.ts';
import { complain, host } from './host.ts';

export interface Bar extends Disposable {
  /** `share` from 0 to 1. */
  readonly show: (progress: { readonly share: number; readonly doing: string }) => void;
  /** A line that stays. */
  readonly note: (text: string) => void;
}

/** `title` is what is being made. */
export const openBar = (title: string): Bar => host.terminal ? redrawn(title) : plain(title);

const lineOf = (title: string, percent: number, doing: string): string => `${title}: ${String(percent).padStart(2)} %  ${doing}`;

/** Full only when it is done. */
const percentOf = (share: number): number => Math.min(99, Math.floor(100 * share));

const redrawn = (title: string): Bar => {
  let drawn = '';
  const clear = (): void => {
    if (drawn !== '') process.stdout.write('\r\u001b[K');
    drawn = '';
  };
  return {
    show({ share, doing }) {
      const line = clip(lineOf(title, percentOf(share), doing), host.columns - 1);
      if (line === drawn) return;
      drawn = line;
      process.stdout.write(`\r\u001b[K${line}`);
    },
    note(text) {
      clear();
      complain(text);
    },
    [Symbol.dispose]: clear,
  };
};

const plain = (title: string): Bar => {
  let told = '';
  return {
    show({ share, doing }) {
      const percent = percentOf(share);
      // The first word is what is done, the rest to what.
      const stretch = `${Math.floor(percent / 10)} ${doing.split(' ', 1)[0]!}`;
      if (stretch === told) return;
      told = stretch;
      complain(lineOf(title, percent, doing));
    },
    note: complain,
    [Symbol.dispose]: () => undefined,
  };
};

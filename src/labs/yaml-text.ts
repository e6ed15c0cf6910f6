// YAML as lab and scenario files may use it: one document of maps, lists and plain values. Every value knows where it stands.

import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type YAMLError } from 'yaml';
import type { Mistake, Position } from './mistake.ts';

export type Path = readonly PropertyKey[];

export interface YamlText {
  /** Plain data; undefined where there are mistakes. */
  readonly data: unknown;
  readonly mistakes: readonly Mistake[];
  readonly position: Position;
  /** Where the value at this path begins, or, when it is missing, what should hold it. */
  offsetOf(path: Path): number;
  /** Where a key of the map at this path begins. */
  keyOffset(path: Path, key: string): number;
}

export const readYaml = (text: string): YamlText => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const mistakes = [...document.errors.map((error) => syntaxMistake(error, text)), ...strangers(document)];
  return {
    data: mistakes.length === 0 ? (document.toJS() as unknown) : undefined,
    // The parser often tells one mistake twice.
    mistakes: [...new Map(mistakes.toReversed().map((mistake) => [mistake.offset, mistake])).values()].reverse(),
    // The counter knows no line of an empty text.
    position: (offset) => ({ line: Math.max(1, lines.linePos(offset).line), col: Math.max(1, lines.linePos(offset).col) }),
    offsetOf: (path) => startOf(follow(document.contents, path)),
    keyOffset: (path, key) => keyStart(follow(document.contents, path), key),
  };
};

const syntaxMistake = ({ code, message, pos: [offset] }: YAMLError, text: string): Mistake => {
  if (code === 'DUPLICATE_KEY') return { offset, found: `key "${/^["']?([^"'\s:]*)/.exec(text.slice(offset))?.[1] ?? ''}" is there twice`, right: 'each key once' };
  if (code === 'MULTIPLE_DOCS') return { offset, found: 'a second document begins', right: 'one document in a file' };
  if (code === 'TAB_AS_INDENT') return { offset, found: 'the line is indented with a tab', right: 'spaces' };
  if (code === 'RESOURCE_EXHAUSTION') return { offset, found: 'the lists and maps go too deep', right: 'at most four inside each other' };
  return { offset, found: `this is not YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}` };
};

/** What YAML can do and a lab file has no use for; each would make a file say other than what one reads. */
const strangers = (document: Document): readonly Mistake[] => {
  const mistakes: Mistake[] = [];
  if (document.directives?.yaml.explicit === true) mistakes.push({ offset: 0, found: 'the file has a %YAML directive', right: 'no directive' });
  visit(document, {
    Node(_, node) {
      const offset = startOf(node);
      if (isAlias(node)) mistakes.push({ offset, found: `the alias *${node.source}`, right: 'the value itself' });
      else if (node.anchor !== undefined) mistakes.push({ offset, found: `the anchor &${node.anchor}`, right: 'the value without an anchor' });
      else if (node.tag !== undefined) mistakes.push({ offset, found: `the tag ${node.tag}`, right: 'the value without a tag' });
    },
    Pair(_, { key }) {
      if (isScalar(key) && key.value === '<<') mistakes.push({ offset: startOf(key), found: 'the merge key <<', right: 'the keys themselves' });
      else if (isMap(key) || isSeq(key)) mistakes.push({ offset: startOf(key), found: 'a key that is a list or a map', right: 'a word' });
    },
  });
  return mistakes;
};

const follow = (root: unknown, path: Path): unknown => {
  let node = root;
  for (const step of path) {
    const child: unknown = isMap(node) || isSeq(node) ? node.get(step, true) : undefined;
    if (!isNode(child)) return node;
    node = child;
  }
  return node;
};

const startOf = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? 0) : 0);

const keyStart = (map: unknown, key: string): number => {
  const pair = isMap(map) ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key) : undefined;
  return startOf(pair?.key ?? map);
};

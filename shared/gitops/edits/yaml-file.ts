import { type Document, LineCounter, type Node, parseAllDocuments, type Scalar } from 'yaml';
import { Refused } from '../refused.ts';
import type { Around } from './embedded.ts';
import { type Graph, graphOf } from './graph.ts';

/** More than any manifest that people write; parsing is not free. */
const largestFile = 4 * 1024 * 1024;

export interface YamlFile {
  readonly path: string;
  /** A byte order mark stands before the text, which is without it: the parser would count it as indentation. */
  readonly mark: string;
  readonly text: string;
  /** As they were parsed: what stands in a replaced scalar's place only `graph.targetOf` tells. */
  readonly documents: readonly Document.Parsed[];
  /** What aliases lead to, and who uses what. */
  readonly graph: Graph;
  /** Where this is the YAML in a string of another file. */
  readonly around?: Around;
  /** `path:line`, the way editors open it. */
  at(offset: number): string;
  /** Where in `text` an offset of the parsed tree is by now. */
  now(offset: number): number;
  /** Where scalars were replaced since the text was parsed. */
  readonly since?: Since;
}

export interface Since {
  readonly parsed: YamlFile;
  /** By the scalar that was parsed. */
  readonly replaced: ReadonlyMap<Node, Scalar>;
  /** Behind each `end`, an offset as parsed, everything stands so many characters further. */
  readonly moves: readonly { readonly end: number; readonly by: number }[];
}

const decode = (path: string, content: Buffer): string => {
  if (content.length > largestFile)
    throw new Refused('not-text', `${path} has more than ${largestFile} bytes. Move the image to a smaller file.`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    throw new Refused('not-text', `${path} is not UTF-8. Save it as UTF-8.`);
  }
};

/** What YAML and JSON do not allow anywhere: Go's parser fails on them, this one lets them pass. */
export const forbidden = /[^\t\n\r\x20-\x7e\x85\u00a0-\ufffd]/;

const unreadable = (path: string, text: string, message: string, line: number): Refused => {
  const template = text.indexOf('{{');
  if (template < 0)
    return new Refused(
      'not-yaml',
      `${path}:${line} is not ${path.endsWith('.json') ? 'JSON' : 'YAML'}: ${message}. Correct the file.`,
    );
  const templated = text.slice(0, template).split('\n').length;
  return new Refused(
    'template',
    `${path}:${templated} is a template ({{ … }}), which has no value to edit. Name the file that its values come from, by file and key.`,
  );
};

/** Keys are compared by `graphOf`: the parser's own way takes the square of a mapping's size. */
const options = { keepSourceTokens: true, prettyErrors: false, merge: true, uniqueKeys: false };

/** A text's documents, each with the errors in it. */
export const documentsIn = (text: string, lineCounter?: LineCounter): Document.Parsed[] => [
  ...parseAllDocuments(text, { ...options, ...(lineCounter && { lineCounter }) }),
];

/** The parser's own words for it tell nobody what to do. */
const isTooDeep = (message: string): boolean => message.includes('call stack');

const parse = (path: string, content: Buffer): YamlFile => {
  const decoded = decode(path, content);
  const mark = decoded.startsWith('\ufeff') ? '\ufeff' : '';
  const text = decoded.slice(mark.length);
  const lineCounter = new LineCounter();
  const lineOf = (offset: number): number => lineCounter.linePos(offset).line;
  const refused = (message: string, offset: number): Refused =>
    unreadable(path, text, isTooDeep(message) ? 'it is nested too deeply' : message, lineOf(offset));
  const control = text.search(forbidden);
  if (control >= 0)
    throw unreadable(path, text, 'a control character is in it', text.slice(0, control).split('\n').length);
  try {
    const documents = documentsIn(text, lineCounter);
    const [error] = documents.flatMap((document) => document.errors);
    if (error !== undefined) throw refused(error.message, error.pos[0]);
    const graph = graphOf(documents, (message, node) => refused(message, node.range?.[0] ?? 0));
    const at = (offset: number): string => `${path}:${lineOf(offset)}`;
    return { path, mark, text, documents, graph, at, now: (offset) => offset };
  } catch (error) {
    throw error instanceof RangeError && isTooDeep(error.message) ? refused(error.message, 0) : error;
  }
};

/** A file is read, edited and checked, and in a batch edited again: its bytes are parsed once. */
const parsed = new WeakMap<Buffer, YamlFile>();

/** What an edit made of a file need not be parsed again, as long as these very bytes are asked for. */
export const remember = (content: Buffer, file: YamlFile): void => {
  parsed.set(content, file);
};

/** Reads a YAML file with all its documents, or refuses it with the parser's words and line. */
export const readYaml = (path: string, content: Buffer): YamlFile => {
  const known = parsed.get(content);
  if (known?.path === path) return known;
  const file = parse(path, content);
  parsed.set(content, file);
  return file;
};

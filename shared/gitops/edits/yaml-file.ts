import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import { Refused } from '../refused.ts';

/** More than any manifest that people write; parsing is not free. */
const largestFile = 4 * 1024 * 1024;

export interface YamlFile {
  readonly path: string;
  readonly text: string;
  readonly documents: readonly Document.Parsed[];
  /** `path:line`, the way editors open it. */
  at(offset: number): string;
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

const unreadable = (path: string, text: string, message: string, line: number): Refused => {
  const template = text.indexOf('{{');
  if (template < 0) return new Refused('not-yaml', `${path}:${line} is not YAML: ${message}. Correct the file.`);
  const templated = text.slice(0, template).split('\n').length;
  return new Refused(
    'template',
    `${path}:${templated} is a template ({{ … }}), which has no value to edit. Name the file that its values come from, by file and key.`,
  );
};

/** Reads a YAML file with all its documents, or refuses it with the parser's words and line. */
export const readYaml = (path: string, content: Buffer): YamlFile => {
  const text = decode(path, content);
  const lines = new LineCounter();
  const options = { keepSourceTokens: true, lineCounter: lines, prettyErrors: false, merge: true };
  const documents = parseAllDocuments(text, options);
  const [error] = documents.flatMap((document) => document.errors);
  if (error !== undefined) throw unreadable(path, text, error.message, lines.linePos(error.pos[0]).line);
  return { path, text, documents: [...documents], at: (offset) => `${path}:${lines.linePos(offset).line}` };
};

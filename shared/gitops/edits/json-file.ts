import { Refused } from '../refused.ts';

/** Strings that end, and everything else that JSON has. */
const tokens = /"(?:[^"\\\n]|\\.)*"|true|false|null|-?\d[\d.eE+-]*|[{}[\],:]/g;

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

/** The parser's words, without the piece of the file that it repeats. */
const reasonOf = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  return message
    .replace(/, (?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON$/s, '')
    .replace(/ in JSON at position .*$/s, '');
};

/** What the parser tells only sometimes. */
const positionOf = (text: string, error: unknown): number => {
  const position = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
  if (position !== undefined) return Number(position);
  const foreign = text.replace(tokens, (token) => ' '.repeat(token.length)).search(/\S/);
  return foreign < 0 ? text.length : foreign;
};

/**
 * Refuses what YAML's parser lets pass in a file that must be JSON for everybody else who reads it: comments, single quotes,
 * trailing commas.
 */
export const refuseLooseJson = (path: string, text: string): void => {
  const json = text.replace(/^\uFEFF/, '');
  try {
    JSON.parse(json);
  } catch (error) {
    const position = positionOf(json, error);
    const where = `${path}:${lineAt(json, position)}`;
    if (/^(\/[/*]|#)/.test(json.slice(position)))
      throw new Refused(
        'not-json',
        `${where} has a comment, which JSON does not allow. Remove it, or name the file .yaml.`,
      );
    throw new Refused('not-json', `${where} is not JSON: ${reasonOf(error)}. Correct the file.`);
  }
};

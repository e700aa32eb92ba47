import { NotKnownHere } from './unknown.ts';

export type Token = {
  readonly kind: 'field' | 'variable' | 'name' | 'string' | 'number' | 'symbol';
  readonly text: string;
  /** A field right behind a parenthesis or variable belongs to it. */
  readonly joined: boolean;
};

export type Part = { readonly text: string } | { readonly action: readonly Token[] };

const pattern =
  /(?<space>\s*)(?:(?<field>\.[A-Za-z_]\w*)|(?<variable>\$\w*)|(?<name>[A-Za-z_]\w*)|(?<string>"(?:[^"\\]|\\.)*")|(?<number>\d+)|(?<symbol>:=|[(),|.]))/y;

const tokensOf = (source: string): Token[] => {
  const text = source.trimEnd();
  const tokens: Token[] = [];
  const matcher = new RegExp(pattern);
  while (matcher.lastIndex < text.length) {
    const at = matcher.lastIndex;
    const groups = matcher.exec(text)?.groups;
    if (!groups) throw new NotKnownHere(`"${text.slice(at).trim()}" in a template is not known here`);
    const { space = '', field, variable, name, string, number, symbol } = groups;
    const joined = space === '' && tokens.length > 0;
    if (field) tokens.push({ kind: 'field', text: field.slice(1), joined });
    else if (variable) tokens.push({ kind: 'variable', text: variable, joined });
    else if (name) tokens.push({ kind: 'name', text: name, joined });
    else if (string) tokens.push({ kind: 'string', text: String(JSON.parse(string)), joined });
    else if (number) tokens.push({ kind: 'number', text: number, joined });
    else if (symbol) tokens.push({ kind: 'symbol', text: symbol, joined });
  }
  return tokens;
};

/** A template as its text and its actions; `{{-` and `-}}` take the white space with them. */
export const partsOf = (template: string): Part[] => {
  const parts: Part[] = [];
  let rest = template;
  while (rest !== '') {
    const begin = rest.indexOf('{{');
    if (begin === -1) return [...parts, { text: rest }];
    const end = rest.indexOf('}}', begin);
    if (end === -1) throw new Error('unclosed action');
    const inner = rest.slice(begin + 2, end);
    const before = rest.slice(0, begin);
    const after = rest.slice(end + 2);
    parts.push({ text: inner.startsWith('- ') ? before.trimEnd() : before });
    parts.push({ action: tokensOf(inner.replace(/^- /, ' ').replace(/ -$/, ' ')) });
    rest = inner.endsWith(' -') ? after.trimStart() : after;
  }
  return parts;
};

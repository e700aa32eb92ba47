/** What an element holds: text, elements by name, or several elements of one name. What is undefined is left out. */
export type XmlContent =
  | string
  | number
  | boolean
  | undefined
  | readonly XmlContent[]
  | { readonly [name: string]: XmlContent };

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
  '\n': '&#10;',
};

const escaped = (text: string): string => text.replace(/[&<>"\r\n]/g, (character) => escapes[character] ?? character);

const isList = (content: XmlContent): content is readonly XmlContent[] => Array.isArray(content);

/** One element; an array is that element again and again, as S3 has its lists. */
export const element = (name: string, content: XmlContent): string => {
  if (content === undefined) return '';
  if (isList(content)) return content.map((item) => element(name, item)).join('');
  return `<${name}>${inner(content)}</${name}>`;
};

const inner = (content: Exclude<XmlContent, undefined | readonly XmlContent[]>): string =>
  typeof content === 'object'
    ? Object.entries(content)
        .map(([name, value]) => element(name, value))
        .join('')
    : escaped(String(content));

/** A list in which each entry is a `member`, as the query protocol has it. */
export const members = (items: readonly XmlContent[]): XmlContent => ({ member: items });

/** A whole document, with a namespace on its root. */
export const xmlDocument = (root: string, namespace: string, content: XmlContent): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${element(root, content).replace(`<${root}>`, `<${root} xmlns="${namespace}">`)}`;

import { AwsError } from '../aws-error.ts';

/** An element of a request; attributes are namespaces, and are passed over. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

interface Open {
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

const token = /<\?[^>]*\?>|<(\/?)([A-Za-z][\w.-]*)(?:\s[^<>]*?)?(\/?)>|([^<]+)/gy;

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const characterOf = (entity: string): string => {
  const [, hexadecimal, decimal] = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(entity) ?? [];
  const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
  return entities[entity] ?? (code <= 0x10ffff ? String.fromCodePoint(code) : malformed());
};

const malformed = (): never => {
  throw new AwsError('MalformedXML', 'The XML you provided was not well-formed.');
};

/** Reads what AWS's clients send: elements and text, without comments, CDATA or a DOCTYPE. Throws MalformedXML. */
export const readXml = (document: string): XmlElement => {
  const root: Open = { name: '', text: '', children: [] };
  const open = [root];
  token.lastIndex = 0;
  while (token.lastIndex < document.length) {
    const [, closing, name, empty, text] = token.exec(document) ?? malformed();
    const current = open.at(-1) ?? root;
    if (text !== undefined) current.text += text.replace(/&([^;]*);/g, (_, entity: string) => characterOf(entity));
    if (name === undefined) continue;
    if (closing) {
      if (open.length === 1 || open.pop()?.name !== name) malformed();
      continue;
    }
    const child: Open = { name, text: '', children: [] };
    current.children.push(child);
    if (!empty) open.push(child);
  }
  const [only] = root.children;
  return open.length > 1 || root.children.length > 1 ? malformed() : (only ?? malformed());
};

export const childrenOf = ({ children }: XmlElement, name: string): XmlElement[] =>
  children.filter((child) => child.name === name);

export const textOf = (element: XmlElement, name: string): string | undefined => childrenOf(element, name)[0]?.text;

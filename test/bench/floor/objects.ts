import { createHash } from 'node:crypto';

export type Kind = 'commit' | 'tree' | 'blob';

export interface GitObject {
  readonly kind: Kind;
  readonly content: Buffer;
}

export const idOf = ({ kind, content }: GitObject): string =>
  createHash('sha1').update(`${kind} ${content.length}\0`).update(content).digest('hex');

/** The ids that a tree has for its entries: `<mode> <name>\0`, then twenty bytes. */
export const entriesOf = (tree: Buffer): Map<string, string> => {
  const entries = new Map<string, string>();
  for (let offset = 0; offset < tree.length; ) {
    const space = tree.indexOf(0x20, offset);
    const end = tree.indexOf(0, space);
    entries.set(tree.toString('utf8', space + 1, end), tree.toString('hex', end + 1, end + 21));
    offset = end + 21;
  }
  return entries;
};

/** The tree with another id for an entry that it has. */
export const withEntry = (tree: Buffer, name: string, id: string): Buffer => {
  const before = Buffer.from(entriesOf(tree).get(name) ?? '', 'hex');
  const at = before.length === 20 ? tree.indexOf(Buffer.concat([Buffer.from(` ${name}\0`), before])) : -1;
  if (at < 0) throw new Error(`a tree has no ${name}`);
  const changed = Buffer.from(tree);
  Buffer.from(id, 'hex').copy(changed, at + name.length + 2);
  return changed;
};

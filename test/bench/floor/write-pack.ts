import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { makeDelta } from './delta.ts';
import { type GitObject, idOf } from './objects.ts';

const types = { commit: 1, tree: 2, blob: 3 };
const deltaOnId = 7;

/** An object as it is sent: whole, or as the difference to one that the server has. */
export interface Sent {
  readonly object: GitObject;
  readonly base?: GitObject | undefined;
}

const header = (type: number, size: number): Buffer => {
  const bytes = [(type << 4) | (size & 0x0f)];
  for (let rest = size >> 4; rest > 0; rest >>= 7) {
    bytes.push((bytes.pop() ?? 0) | 0x80, rest & 0x7f);
  }
  return Buffer.from(bytes);
};

const packed = ({ object, base }: Sent): Buffer => {
  if (base === undefined) {
    return Buffer.concat([header(types[object.kind], object.content.length), deflateSync(object.content)]);
  }
  const delta = makeDelta(base.content, object.content);
  return Buffer.concat([header(deltaOnId, delta.length), Buffer.from(idOf(base), 'hex'), deflateSync(delta)]);
};

/** A packfile of these objects. */
export const writePack = (objects: readonly Sent[]): Buffer => {
  const head = Buffer.from('PACK\0\0\0\x02\0\0\0\0');
  head.writeUInt32BE(objects.length, 8);
  const body = Buffer.concat([head, ...objects.map(packed)]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
};

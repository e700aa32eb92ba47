import { inflateSync } from 'node:zlib';
import * as z from 'zod';
import { applyDelta } from './delta.ts';
import { type GitObject, idOf, type Kind } from './objects.ts';

const kinds: Readonly<Record<number, Kind>> = { 1: 'commit', 2: 'tree', 3: 'blob' };

/** With `info`, zlib also gives its engine, which Node's types don't know. */
const infoSchema = z.object({ buffer: z.instanceof(Buffer), engine: z.object({ bytesWritten: z.int() }) });

/** Inflates what begins here, and says how many bytes of the pack it took. */
const inflateAt = (pack: Buffer, offset: number): { content: Buffer; taken: number } => {
  const inflated = infoSchema.parse(inflateSync(pack.subarray(offset), { info: true }));
  return { content: inflated.buffer, taken: inflated.engine.bytesWritten };
};

/** The objects of a packfile by their ids. Bases of deltas are in the pack too: nobody asked for a thin one. */
export const readPack = (pack: Buffer): Map<string, GitObject> => {
  const byOffset = new Map<number, GitObject>();
  const byId = new Map<string, GitObject>();
  let offset = 12;
  for (let left = pack.readUInt32BE(8); left > 0; left -= 1) {
    const start = offset;
    let byte = pack[offset++] ?? 0;
    const type = (byte >> 4) & 7;
    while (byte >= 0x80) byte = pack[offset++] ?? 0;
    let base: GitObject | undefined;
    if (type === 6) {
      byte = pack[offset++] ?? 0;
      let distance = byte & 0x7f;
      while (byte >= 0x80) {
        byte = pack[offset++] ?? 0;
        distance = (distance + 1) * 128 + (byte & 0x7f);
      }
      base = byOffset.get(start - distance);
    } else if (type === 7) {
      base = byId.get(pack.toString('hex', offset, offset + 20));
      offset += 20;
    }
    const { content, taken } = inflateAt(pack, offset);
    offset += taken;
    const kind = base?.kind ?? kinds[type];
    if (kind === undefined) throw new Error(`an object of type ${type} at ${start} of a pack, without its base`);
    const object = { kind, content: base === undefined ? content : applyDelta(base.content, content) };
    byOffset.set(start, object);
    byId.set(idOf(object), object);
  }
  return byId;
};

/** Seven bits a byte, the lowest first. */
const readSize = (delta: Buffer, offset: number): { size: number; next: number } => {
  let size = 0;
  let next = offset;
  for (let shift = 0; ; shift += 7) {
    const byte = delta[next] ?? 0;
    next += 1;
    size |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { size, next };
  }
};

const writeSize = (size: number): number[] => (size < 0x80 ? [size] : [(size & 0x7f) | 0x80, ...writeSize(size >> 7)]);

/** A number whose zero bytes are left out; the bits of `flags` say which are there. */
const readSparse = (delta: Buffer, offset: number, flags: number, bytes: number) => {
  let value = 0;
  let next = offset;
  for (let at = 0; at < bytes; at += 1) {
    if ((flags & (1 << at)) === 0) continue;
    value |= (delta[next] ?? 0) << (8 * at);
    next += 1;
  }
  return { value, next };
};

/** Makes an object of its base and a delta: pieces copied from the base, and new bytes. */
export const applyDelta = (base: Buffer, delta: Buffer): Buffer => {
  const pieces: Buffer[] = [];
  let { next: offset } = readSize(delta, readSize(delta, 0).next);
  while (offset < delta.length) {
    const command = delta[offset] ?? 0;
    offset += 1;
    if (command < 0x80) {
      pieces.push(delta.subarray(offset, offset + command));
      offset += command;
    } else {
      const start = readSparse(delta, offset, command & 0x0f, 4);
      const length = readSparse(delta, start.next, (command >> 4) & 0x07, 3);
      pieces.push(base.subarray(start.value, start.value + (length.value || 0x10000)));
      offset = length.next;
    }
  }
  return Buffer.concat(pieces);
};

const copy = (start: number, length: number): number[] => {
  if (length === 0) return [];
  const piece = Math.min(length, 0xffff);
  const bytes = [start & 0xff, (start >> 8) & 0xff, (start >> 16) & 0xff, piece & 0xff, (piece >> 8) & 0xff];
  return [0x80 | 0x07 | 0x30, ...bytes, ...copy(start + piece, length - piece)];
};

/** The delta between two texts that differ in one place of at most 127 bytes. */
export const makeDelta = (base: Buffer, changed: Buffer): Buffer => {
  const most = Math.min(base.length, changed.length);
  let before = 0;
  while (before < most && base[before] === changed[before]) before += 1;
  let after = 0;
  while (after < most - before && base.at(-1 - after) === changed.at(-1 - after)) after += 1;
  const inserted = changed.subarray(before, changed.length - after);
  if (inserted.length > 0x7f) throw new Error(`a change of ${inserted.length} bytes is too long for this delta`);
  return Buffer.from([
    ...writeSize(base.length),
    ...writeSize(changed.length),
    ...copy(0, before),
    ...(inserted.length > 0 ? [inserted.length, ...inserted] : []),
    ...copy(base.length - after, after),
  ]);
};

/** Git's pkt-lines: four hex digits of length (themselves included), then the payload; `0000` is a flush. */
export interface Packets {
  payloads: Buffer[];
  /** A flush was read: what follows it is something else. */
  flushed: boolean;
}

/** Reads pkt-lines up to the first flush, or as far as the bytes go. */
export const readPackets = (bytes: Buffer): Packets => {
  const payloads: Buffer[] = [];
  let offset = 0;
  while (offset + 4 <= bytes.length) {
    const length = Number.parseInt(bytes.toString('latin1', offset, offset + 4), 16);
    if (length === 0) return { payloads, flushed: true };
    if (Number.isNaN(length) || length < 4 || offset + length > bytes.length) break;
    payloads.push(bytes.subarray(offset + 4, offset + length));
    offset += length;
  }
  return { payloads, flushed: false };
};

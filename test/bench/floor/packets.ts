/** Git's pkt-lines: four hex digits of length, themselves included, then the payload. */
export const packet = (payload: string | Buffer): Buffer =>
  Buffer.concat([Buffer.from((Buffer.byteLength(payload) + 4).toString(16).padStart(4, '0')), Buffer.from(payload)]);

export const flush = Buffer.from('0000');
/** Between the capabilities and the arguments of a command, and between the sections of an answer. */
export const delimiter = Buffer.from('0001');

/** The payloads of an answer; flushes and delimiters only stand between them. */
export const payloadsOf = (answer: Buffer): Buffer[] => {
  const payloads: Buffer[] = [];
  for (let offset = 0; offset + 4 <= answer.length; ) {
    const length = Number.parseInt(answer.toString('latin1', offset, offset + 4), 16);
    if (Number.isNaN(length)) throw new Error(`no pkt-line: ${answer.toString('latin1', offset, offset + 40)}`);
    if (length > 4) payloads.push(answer.subarray(offset + 4, offset + length));
    offset += Math.max(length, 4);
  }
  return payloads;
};

/** The data types of SSH (RFC 4251, section 5), as keys, signatures and the agent use them. */

export const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** Bytes, or text in UTF-8, after their length. */
export const string = (content: Buffer | string): Buffer => {
  const bytes = Buffer.from(content);
  return Buffer.concat([uint32(bytes.length), bytes]);
};

/** A positive integer from its big-endian bytes: no leading zeros, but one where the first bit would make it negative. */
export const mpint = (bytes: Buffer): Buffer => {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? Buffer.alloc(0) : bytes.subarray(first);
  return string((digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits);
};

/** Reads one value after the other. Throws `RangeError` where the bytes end before a value does. */
export const createReader = (bytes: Buffer) => {
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new RangeError('the data ends too early');
    at += length;
    return bytes.subarray(at - length, at);
  };
  const readUint32 = (): number => take(4).readUInt32BE();
  const readString = (): Buffer => take(readUint32());
  return { byte: (): number => take(1).readUInt8(), uint32: readUint32, string: readString };
};

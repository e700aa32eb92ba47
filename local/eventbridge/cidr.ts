import { isIPv4, isIPv6 } from 'node:net';

/** An IP address as a number, with the length of its family: addresses of two families never compare. */
export interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

export interface AddressRange {
  readonly bits: 32 | 128;
  readonly low: bigint;
  readonly high: bigint;
}

const numberOf = (groups: readonly number[], width: bigint): bigint =>
  groups.reduce((value, group) => (value << width) | BigInt(group), 0n);

const hexGroups = (text: string): number[] =>
  text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));

const IPV4_MAPPED = 0xffffn;

const parseIPv6 = (text: string): Address => {
  const [head = '', tail] = text.split('::');
  const front = hexGroups(head);
  const back = hexGroups(tail ?? '');
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => 0);
  const value = numberOf([...front, ...zeros, ...back], 16n);
  return value >> 32n === IPV4_MAPPED ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value };
};

/** Reads an IPv4 or IPv6 literal; an IPv4-mapped IPv6 address is the IPv4 address. No zones, no dots within IPv6. */
export const parseAddress = (text: string): Address | undefined => {
  if (isIPv4(text)) return { bits: 32, value: numberOf(text.split('.').map(Number), 8n) };
  if (isIPv6(text) && /^[0-9a-f:]+$/i.test(text)) return parseIPv6(text);
  return undefined;
};

/**
 * Reads a CIDR block, or says what is wrong with it. A block that names a single address is invalid. Bits behind the
 * mask are not cleared but are where the block begins: 10.0.0.5/24 is 10.0.0.5 to 10.0.0.255.
 */
export const parseCidr = (text: string): AddressRange | { problem: string } => {
  const [literal = '', mask, ...more] = text.split('/');
  if (mask === undefined || more.length > 0) return { problem: 'must be an address, one slash and a mask' };
  const address = parseAddress(literal);
  if (address === undefined) return { problem: `has no IP address before the slash: "${literal}"` };
  if (!/^\d{1,3}$/.test(mask)) return { problem: `has no number after the slash: "${mask}"` };
  if (Number(mask) >= address.bits) return { problem: `must have a mask of fewer than ${address.bits} bits` };
  const hostBits = BigInt(address.bits - Number(mask));
  return { bits: address.bits, low: address.value, high: address.value | ((1n << hostBits) - 1n) };
};

export const isWithin = (range: AddressRange, text: string): boolean => {
  const address = parseAddress(text);
  return address?.bits === range.bits && range.low <= address.value && address.value <= range.high;
};

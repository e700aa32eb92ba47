import { InvalidInput } from '#shared/handlers/errors.ts';

/** What V8 says of a text that is not JSON; undefined of one that is. */
const complaintOf = (text: string): string | undefined => {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'unknown';
  }
};

/**
 * V8 tells no place of an unexpected token, but quotes what stands around it, and that must not be logged. The shortest
 * beginning of the text that has the token at its end is found by bisection: without it, the text only ends too early.
 */
const unexpectedTokenIn = (text: string): number => {
  let [good, bad] = [0, text.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (complaintOf(text.slice(0, middle))?.startsWith('Unexpected token')) bad = middle;
    else good = middle;
  }
  return good;
};

const placeOf = (text: string, complaint: string): number => {
  const [, position] = /at position (\d+)/.exec(complaint) ?? [];
  if (position !== undefined) return Number(position);
  return complaint.startsWith('Unexpected token') ? unexpectedTokenIn(text) : text.length;
};

/** Parses JSON. Throws `InvalidInput` with the line and column where it breaks, and nothing of what stands there. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    const before = text.slice(0, placeOf(text, error instanceof Error ? error.message : '')).split('\n');
    throw new InvalidInput(
      `The payload is not JSON: line ${before.length}, column ${(before.at(-1) ?? '').length + 1}.`,
    );
  }
};

/** The literal pieces around the stars of a wildcard; one piece means that there is no star. */
export type Wildcard = readonly string[];

/** Reads a wildcard, or says what is wrong with it. `\*` and `\\` are the only escapes, and stars never touch. */
export const parseWildcard = (text: string): Wildcard | { problem: string } => {
  const pieces: string[] = [];
  let piece = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '*') {
      if (text.charAt(at + 1) === '*') return { problem: `has two stars in a row at position ${at}` };
      pieces.push(piece);
      piece = '';
    } else if (character === '\\') {
      at += 1;
      const escaped = text.charAt(at);
      if (escaped !== '*' && escaped !== '\\') return { problem: `has an invalid escape at position ${at - 1}` };
      piece += escaped;
    } else {
      piece += character;
    }
  }
  return [...pieces, piece];
};

/** Takes each piece at its first place: no backtracking, so a hostile value can't make it slow. */
export const wildcardMatches = (wildcard: Wildcard, value: string): boolean => {
  const [first = '', ...rest] = wildcard;
  const last = rest.pop();
  if (last === undefined) return value === first;
  if (!value.startsWith(first) || !value.endsWith(last)) return false;
  let from = first.length;
  for (const piece of rest) {
    const found = value.indexOf(piece, from);
    if (found === -1) return false;
    from = found + piece.length;
  }
  return from <= value.length - last.length;
};

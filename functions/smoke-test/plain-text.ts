/** Control, format and separator characters, line breaks among them, and halves of characters. */
const unprintable = /[\p{C}\p{Z}]+/gu;

/** Text from outside in one line of printable characters, `longest` of them at most. */
export const plain = (text: string, longest: number): string => {
  const line = text.replace(unprintable, ' ').trim();
  if (line.length <= longest) return line;
  // A cut through a surrogate pair would leave half a character.
  return `${line.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
};

/** Below this a word is no secret, and hiding it would only garble what is shown. */
const shortestSecret = 6;

/** Hides what a server may echo of the headers that it was sent: whole values, and their words (`Bearer <token>`). */
export const withoutSecrets = (text: string, headers: Readonly<Record<string, string>>): string =>
  Object.values(headers)
    .flatMap((value) => [value, ...value.split(/[\s,;=]+/)])
    .filter(({ length }) => length >= shortestSecret)
    .toSorted((a, b) => b.length - a.length)
    .reduce((hidden, secret) => hidden.replaceAll(secret, '•••'), text);

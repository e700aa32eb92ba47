const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Invisible to a reader; to Slack's parser the word after it is another one. */
const wordJoiner = '\u2060';

/** Control and format characters, which hide or turn text; not those that join emoji, tabs and line breaks. */
const unprintable = /(?!\u200c|\u200d|\t|\n)[\p{Cc}\p{Cf}]/gu;

/** Somebody else's text, safe in mrkdwn: no markup, no link, no ping. It is cut so that `longest` holds after escaping. */
const escapeText = (text: string, longest: number): string => {
  const pieces: string[] = [];
  let length = 0;
  const safe = text
    .toWellFormed()
    .replace(unprintable, '')
    .replace(/@(?=\w)/g, `@${wordJoiner}`);
  for (const character of safe) {
    const piece = entities[character] ?? character;
    if (length + piece.length > longest) {
      while (length + 1 > longest) length -= pieces.pop()?.length ?? 1;
      return `${pieces.join('').trimEnd()}…`;
    }
    pieces.push(piece);
    length += piece.length;
  }
  return pieces.join('');
};

/** Words in one line. */
export const plain = (text: string, longest: number): string => escapeText(text.replace(/\s+/g, ' ').trim(), longest);

export const code = (text: string, longest = 200): string => `\`${plain(text, longest).replaceAll('`', 'ˋ')}\``;

/** Lines as they are; cut at the end of a line where it is too long. */
export const codeBlock = (text: string, longest: number): string => {
  const fence = '```';
  const lines: string[] = [];
  let length = 2 * (fence.length + 1) + 2;
  for (const line of text.replace(/\n+$/, '').split('\n')) {
    const safe = escapeText(line, 500).replaceAll(fence, `\`${wordJoiner}\`${wordJoiner}\``);
    length += safe.length + 1;
    if (length > longest) return [fence, ...lines, '…', fence].join('\n');
    lines.push(safe);
  }
  return [fence, ...lines, fence].join('\n');
};

/** A link for what is https, and the label alone for what is not. The label is mrkdwn. */
export const link = (url: string | undefined, label: string): string => {
  const parsed = url === undefined ? null : URL.parse(url);
  if (parsed?.protocol !== 'https:' || parsed.href.length > 1000) return label;
  const href = parsed.href.replaceAll('&', '&amp;').replace(/[<>|`\s]/g, encodeURIComponent);
  return `<${href}|${label}>`;
};

/** `2m 10s`. Empty below a second: a step that follows from another has its time. */
export const duration = (milliseconds: number): string => {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 1) return '';
  const units = [
    ['d', Math.floor(seconds / 86_400)],
    ['h', Math.floor(seconds / 3600) % 24],
    ['m', Math.floor(seconds / 60) % 60],
    ['s', seconds % 60],
  ] as const;
  const first = units.findIndex(([, amount]) => amount > 0);
  const shown = units.slice(first, first + 2).filter(([, amount]) => amount > 0);
  return shown.map(([unit, amount]) => `${amount}${unit}`).join(' ');
};

/** `a, b and c`, and beyond `most` how many more there are. */
export const enumerate = (items: readonly string[], most = 10): string => {
  if (items.length > most) return `${items.slice(0, most).join(', ')} and ${items.length - most} more`;
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
};

interface Mrkdwn {
  readonly type: 'mrkdwn';
  readonly text: string;
  /** Channel names and `@channel` in what people wrote stay words. */
  readonly verbatim: true;
}

export type Block =
  | { readonly type: 'section'; readonly text: Mrkdwn }
  | { readonly type: 'context'; readonly elements: readonly Mrkdwn[] };

/** A message as Slack takes it. `text` is what notifications and screen readers say; chat.update takes 4,000 bytes of it. */
export interface View {
  readonly text: string;
  readonly blocks: readonly Block[];
}

const longestText = 3000;
const mostBlocks = 50;
/** Slack refuses a message whose blocks are longer than about 13,200 characters of JSON (`msg_blocks_too_long`). */
const longestBlocks = 12_000;

const mrkdwn = (text: string): Mrkdwn => ({ type: 'mrkdwn', text, verbatim: true });

export const section = (text: string): Block => ({ type: 'section', text: mrkdwn(text) });

export const context = (text: string): Block => ({ type: 'context', elements: [mrkdwn(text)] });

/** Lines, in as many sections as they need. */
export const sections = (lines: readonly string[]): Block[] => {
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    if (last === undefined || last.length + line.length + 1 > longestText) texts.push(line);
    else texts[texts.length - 1] = `${last}\n${line}`;
  }
  return texts.map(section);
};

/** What does not fit is left out from the end, and said so: a message that Slack refuses tells nobody anything. */
export const within = (blocks: readonly Block[]): Block[] => {
  const cut = context('… and more than fits here');
  let length = JSON.stringify(cut).length;
  const first = blocks.findIndex((block, index) => {
    length += JSON.stringify(block).length + 1;
    return length > longestBlocks || (index >= mostBlocks - 1 && blocks.length > mostBlocks);
  });
  return first < 0 ? [...blocks] : [...blocks.slice(0, first), cut];
};

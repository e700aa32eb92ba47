import * as z from 'zod';

const textSchema = z.object({ text: z.string() });
const blockSchema = z.object({ text: textSchema.optional(), elements: z.array(textSchema).optional() });

/** Slack's mrkdwn as a terminal shows it: links by their words, emphasis and escapes undone. */
const plain = (mrkdwn: string): string =>
  mrkdwn
    .replace(/<[^|>]+\|([^>]+)>/g, '$1')
    .replace(/<(https?:[^>]+)>/g, '$1')
    .replace(/\*([^*\n]+)\*/g, '$1')
    .replaceAll('`', '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

/** The lines of a message as its reader sees them. */
export const linesOf = (blocks: readonly unknown[]): string[] =>
  blocks.flatMap((block) => {
    const { text, elements = [] } = blockSchema.catch({}).parse(block);
    return [...(text ? [text] : []), ...elements].flatMap((one) => plain(one.text).split('\n'));
  });

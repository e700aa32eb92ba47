import * as z from 'zod';
import { refuse } from './refusal.ts';

const mostBlocks = 50;

/** Undocumented: Slack answers `msg_blocks_too_long` from about 13,200 characters of all blocks together. */
const longestBlocks = 13_200;

const textObject = (longest: number, types: readonly ['plain_text'] | readonly ['mrkdwn', 'plain_text']) =>
  z.strictObject({
    type: z.enum(types),
    text: z
      .string()
      .min(1, 'must be more than 0 characters')
      .max(longest, `must be less than ${longest + 1} characters`),
    verbatim: z.boolean().optional(),
    emoji: z.boolean().optional(),
  });

const anyText = ['mrkdwn', 'plain_text'] as const;
const blockId = { block_id: z.string().max(255).optional() };

const block = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('section'),
      text: textObject(3000, anyText).optional(),
      fields: z.array(textObject(2000, anyText)).min(1).max(10).optional(),
      expand: z.boolean().optional(),
      ...blockId,
    })
    .refine(({ text, fields }) => text !== undefined || fields !== undefined, 'missing required field: text'),
  z.strictObject({ type: z.literal('header'), text: textObject(150, ['plain_text']), ...blockId }),
  z.strictObject({
    type: z.literal('context'),
    elements: z.array(textObject(3000, anyText)).min(1).max(10, 'no more than 10 items allowed'),
    ...blockId,
  }),
  z.strictObject({ type: z.literal('divider'), ...blockId }),
]);

const blocks = z.array(block).max(mostBlocks, `no more than ${mostBlocks} items allowed`);

/** Block Kit's rules, for the blocks that a message of text can have; anything else is an invalid block here. */
export const parseBlocks = (value: unknown): readonly unknown[] => {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return refuse('invalid_blocks_format');
  const parsed = blocks.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ message, path }) => `${message} [json-pointer:/blocks${path.map((key) => `/${String(key)}`).join('')}]`,
    );
    return refuse('invalid_blocks', {
      errors: problems,
      response_metadata: { messages: problems.map((problem) => `[ERROR] ${problem}`) },
    });
  }
  if (JSON.stringify(value).length > longestBlocks) refuse('msg_blocks_too_long');
  return value;
};

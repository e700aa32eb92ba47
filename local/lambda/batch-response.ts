import * as z from 'zod';

const response = z.union([
  z.null(),
  z.object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish() }),
]);

const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * The ids of the messages that failed, by a function's answer to a batch. As Lambda has it, an answer that says nothing
 * is a success, and one that makes no sense, or names a message that is not of the batch, fails the whole batch.
 */
export const failedMessages = (
  payload: string,
  batch: readonly { readonly messageId: string }[],
): ReadonlySet<string> => {
  const all = new Set(batch.map(({ messageId }) => messageId));
  const parsed = response.safeParse(parsedJson(payload));
  if (!parsed.success) return all;
  const failed = new Set(parsed.data?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));
  return [...failed].every((id) => all.has(id)) ? failed : all;
};

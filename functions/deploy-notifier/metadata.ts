import type { Posting } from './posting.ts';

/** The type of the metadata by which a message is found again. */
export const eventType = 'fairlead_delivery';

/** A thread begins with the message itself, and a channel's history has what was broadcast: the key tells them apart. */
export const payloadOf = ({ chain, service, reply }: Posting) => ({
  chain,
  service,
  ...(reply && { reply: reply.key }),
});

export const isOf = (posting: Posting, payload: Readonly<Record<string, unknown>>): boolean =>
  payload.chain === posting.chain && payload.service === posting.service && payload.reply === posting.reply?.key;

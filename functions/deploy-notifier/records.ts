import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';

/** Whose message it is, or which reply in its thread. */
export interface Key {
  readonly chain: string;
  readonly service: string;
  readonly reply?: { readonly key: string };
}

const recordSchema = z
  .object({
    channel: z.string().optional(),
    ts: z.string().optional(),
    shown: z.string().optional(),
    pending: z.set(z.string()).default(new Set()),
    attempts: z.number().default(0),
    claimSince: z.number().optional(),
  })
  .transform(({ channel, ts, pending, ...record }) => ({
    ...record,
    message: channel !== undefined && ts !== undefined ? { channel, ts } : undefined,
    pending: [...pending],
  }));

/** `message`: where it is, once posted. `shown`: the hash of what it says. `pending`: who may be changing it. */
export type MessageRecord = z.infer<typeof recordSchema>;

/** One record per message and per reply, changed only by conditional writes. Times in milliseconds. */
export const createRecords = (client: DynamoDBDocumentClient, table: string) => {
  const place = ({ chain, service, reply }: Key) => ({
    TableName: table,
    Key: { pk: `SLACK#${chain}`, sk: reply ? `REPLY#${service}#${reply.key}` : `MESSAGE#${service}` },
  });

  /** Answers the record, as `ReturnValues` asks for it; undefined where the condition does not hold. */
  const update = async (key: Key, change: Omit<UpdateCommandInput, 'TableName' | 'Key'>) => {
    try {
      const { Attributes } = await client.send(new UpdateCommand({ ...place(key), ...change }));
      return recordSchema.parse(Attributes ?? {});
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  };

  return {
    /** Read consistently. */
    read: async (key: Key): Promise<MessageRecord> => {
      const { Item } = await client.send(new GetCommand({ ...place(key), ConsistentRead: true }));
      return recordSchema.parse(Item ?? {});
    },

    /**
     * The right to post, until the lease runs out. `since`, where somebody had it before and was not heard of again: a
     * message may have been posted from then on.
     */
    claim: async (key: Key, by: string, at: number, until: number): Promise<{ since?: number } | undefined> => {
      const old = await update(key, {
        UpdateExpression: 'SET claimBy = :by, claimUntil = :until, claimSince = if_not_exists(claimSince, :at)',
        ConditionExpression: 'attribute_not_exists(ts) AND (attribute_not_exists(claimBy) OR claimUntil < :at)',
        ExpressionAttributeValues: { ':by': by, ':until': until, ':at': at },
        ReturnValues: 'ALL_OLD',
      });
      return old && (old.claimSince === undefined ? {} : { since: old.claimSince });
    },

    /** Gives the claim back. `clean`: there is no message for sure, so nobody has to search for one. */
    release: async (key: Key, by: string, clean: boolean): Promise<void> => {
      await update(key, {
        UpdateExpression: clean ? 'REMOVE claimBy, claimUntil, claimSince' : 'REMOVE claimBy, claimUntil',
        ConditionExpression: 'claimBy = :by',
        ExpressionAttributeValues: { ':by': by },
      });
    },

    /** Where the message is, and what it says if that is certain. Nothing happens without the claim. */
    posted: async (key: Key, by: string, message: { channel: string; ts: string }, shown?: string): Promise<void> => {
      await update(key, {
        UpdateExpression: `SET channel = :channel, ts = :ts${shown ? ', shown = :shown' : ''} REMOVE claimBy, claimUntil, claimSince`,
        ConditionExpression: 'claimBy = :by AND attribute_not_exists(ts)',
        ExpressionAttributeValues: {
          ':by': by,
          ':channel': message.channel,
          ':ts': message.ts,
          ...(shown && { ':shown': shown }),
        },
      });
    },

    /** Announces an update, if nobody did since `seen` was read. */
    begin: async (key: Key, attempt: string, seen: MessageRecord): Promise<boolean> => {
      const begun = await update(key, {
        UpdateExpression: 'SET attempts = :next ADD pending :attempt',
        ConditionExpression: seen.attempts === 0 ? 'attribute_not_exists(attempts)' : 'attempts = :seen',
        ExpressionAttributeValues: {
          ':next': seen.attempts + 1,
          ':attempt': new Set([attempt]),
          ...(seen.attempts > 0 && { ':seen': seen.attempts }),
        },
      });
      return begun !== undefined;
    },

    /** After an update that nobody can have crossed: what the message says now. False: somebody has begun another one. */
    finish: async (key: Key, over: readonly string[], attempts: number, shown: string): Promise<boolean> => {
      const finished = await update(key, {
        UpdateExpression: 'SET shown = :shown DELETE pending :over',
        ConditionExpression: 'attempts = :attempts',
        ExpressionAttributeValues: { ':shown': shown, ':over': new Set(over), ':attempts': attempts },
      });
      return finished !== undefined;
    },

    /** After an update that somebody may have crossed (`unsure`), or after none at all. */
    retire: async (key: Key, attempt: string, unsure: boolean): Promise<void> => {
      await update(key, {
        UpdateExpression: `${unsure ? 'REMOVE shown ' : ''}DELETE pending :attempt`,
        ExpressionAttributeValues: { ':attempt': new Set([attempt]) },
      });
    },
  };
};

export type Records = ReturnType<typeof createRecords>;

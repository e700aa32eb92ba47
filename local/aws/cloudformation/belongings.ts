import { type Holdings, holdingsOf } from '../../template/holdings.ts';
import type { Model } from '../../template/model.ts';
import type { StackResource } from '../../template/resources.ts';
import type { Account } from '../account.ts';

/** What a stack leaves when it becomes another: `after` is undefined when it goes. */
export interface Leaving {
  readonly before: Model;
  readonly after: Model | undefined;
  readonly resources: ReadonlyMap<string, StackResource>;
}

/** What stacks have in an account that is more than what runs. */
export interface Belongings {
  /** What stayed behind of stacks and resources that are gone, because their templates say so. */
  retained(): Holdings;
  /** Forgets what somebody took away of it since. */
  refresh(): Promise<void>;
  /** Keeps what is to be retained; gives the way back. */
  retain(leaving: Leaving): () => void;
  /** Takes all else away, with what is in it. */
  destroy(leaving: Leaving): Promise<void>;
  /** Sets the parameters that a model names. */
  arrive(model: Model): void;
}

type Part = <Item extends { readonly logicalId: string; readonly name: string }>(
  before: readonly Item[],
  after: readonly Item[] | undefined,
) => Item[];

const heldBy = ({ before, after }: Leaving, part: Part): Holdings => {
  const [old, next] = [holdingsOf(before), after && holdingsOf(after)];
  return {
    archives: part(old.archives, next?.archives),
    buckets: part(old.buckets, next?.buckets),
    queues: part(old.queues, next?.queues),
    tables: part(old.tables, next?.tables),
  };
};

const gone: Part = (before, after = []) => before.filter(({ name }) => !after.some((other) => other.name === name));

export const createBelongings = (account: Account): Belongings => {
  let retained: Holdings = { archives: [], buckets: [], queues: [], tables: [] };

  const partOf =
    ({ resources }: Leaving, stays: boolean): Part =>
    (before, after) =>
      gone(before, after).filter(({ logicalId }) => (resources.get(logicalId)?.retained === true) === stays);

  return {
    retained: () => retained,
    refresh: async () => {
      const tables = await account.dynamoDb.names();
      retained = {
        ...retained,
        buckets: retained.buckets.filter(({ name }) => account.buckets.find(name)),
        queues: retained.queues.filter(({ arn }) => !account.deletedQueues.has(arn)),
        tables: retained.tables.filter(({ name }) => tables.includes(name)),
      };
      account.deletedQueues.clear();
    },
    retain: (leaving) => {
      const earlier = retained;
      const { archives, buckets, queues, tables } = heldBy(leaving, partOf(leaving, true));
      retained = {
        archives: [...earlier.archives, ...archives],
        buckets: [...earlier.buckets, ...buckets],
        queues: [...earlier.queues, ...queues],
        tables: [...earlier.tables, ...tables],
      };
      return () => {
        retained = earlier;
      };
    },
    destroy: async (leaving) => {
      const { buckets, queues, tables } = heldBy(leaving, partOf(leaving, false));
      for (const { name } of buckets) account.buckets.remove(name);
      for (const { arn } of queues) account.messages.delete(arn);
      for (const { name } of tables) await account.dynamoDb.remove(name);
      for (const { name } of gone(leaving.before.parameters, leaving.after?.parameters))
        account.parameters.remove(name);
    },
    arrive: ({ parameters }) => {
      for (const { name, value, type } of parameters) {
        if (account.parameters.get(name)?.value !== value) account.parameters.put(name, value, type);
      }
    },
  };
};

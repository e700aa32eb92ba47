import type { Model } from '../../template/model.ts';
import type { StackResource } from '../../template/resources.ts';
import type { Account } from '../account.ts';

type Held = Pick<Model, 'buckets' | 'queues' | 'tables'>;

/** What stayed behind of stacks and resources that are gone, because their templates say so. */
export interface Belongings {
  readonly retained: () => Held;
  /** What of a stack is not in its next model: kept if it is to be retained, else gone with what is in it. */
  leave(before: Model, after: Model | undefined, resources: ReadonlyMap<string, StackResource>): Promise<void>;
  /** Sets the parameters that a model names. */
  arrive(model: Model): void;
}

export const createBelongings = (account: Account): Belongings => {
  let retained: Held = { buckets: [], queues: [], tables: [] };

  const gone = <Item extends { readonly name: string }>(before: readonly Item[], after: readonly Item[] = []): Item[] =>
    before.filter(({ name }) => !after.some((other) => other.name === name));

  return {
    retained: () => retained,
    leave: async (before, after, resources) => {
      const stays = ({ logicalId }: { readonly logicalId: string }): boolean =>
        resources.get(logicalId)?.retained === true;
      const buckets = gone(before.buckets, after?.buckets);
      const queues = gone(before.queues, after?.queues);
      const tables = gone(before.tables, after?.tables);
      for (const { name } of buckets.filter((one) => !stays(one))) account.buckets.remove(name);
      for (const { arn } of queues.filter((one) => !stays(one))) account.messages.delete(arn);
      for (const { name } of tables.filter((one) => !stays(one))) await account.dynamoDb.remove(name);
      for (const { name } of gone(before.parameters, after?.parameters)) account.parameters.remove(name);
      retained = {
        buckets: [...retained.buckets, ...buckets.filter(stays)],
        queues: [...retained.queues, ...queues.filter(stays)],
        tables: [...retained.tables, ...tables.filter(stays)],
      };
    },
    arrive: ({ parameters }) => {
      for (const { name, value, type } of parameters) {
        if (account.parameters.get(name)?.value !== value) account.parameters.put(name, value, type);
      }
    },
  };
};

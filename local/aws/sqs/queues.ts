import type { Model } from '../../template/model.ts';
import { createQueue, type LocalQueue } from './queue.ts';

export interface Queues {
  byArn(arn: string): LocalQueue;
  /** By its URL or its name; the URL's host does not matter. */
  find(urlOrName: string): LocalQueue | undefined;
  readonly all: readonly LocalQueue[];
  /** Takes a queue away for good, with what is in it. */
  remove(queue: LocalQueue): void;
  close(): void;
}

/** The queues of a model, tied together by their redrive policies. */
export const createQueues = ({ queues }: Model, milliseconds: (seconds: number) => number): Queues => {
  const local = new Map<string, LocalQueue>();
  const byArn = (arn: string): LocalQueue => {
    const found = local.get(arn);
    if (found === undefined) throw new Error(`there is no queue ${arn}`);
    return found;
  };
  for (const definition of queues) {
    const deadLetter: Parameters<typeof createQueue>[1]['deadLetter'] = (arn, message) => byArn(arn).accept(message);
    local.set(definition.arn, createQueue(definition, { milliseconds, deadLetter }));
  }
  const all = (): LocalQueue[] => [...local.values()];
  return {
    byArn,
    find: (urlOrName) => {
      const path = urlOrName.includes('/') ? URL.parse(urlOrName, 'http://localhost')?.pathname : undefined;
      return all().find(({ definition }) => definition.urlPath === path || definition.name === urlOrName);
    },
    get all() {
      return all();
    },
    remove: (queue) => {
      queue.close();
      local.delete(queue.definition.arn);
    },
    close: () => {
      for (const queue of all()) queue.close();
    },
  };
};

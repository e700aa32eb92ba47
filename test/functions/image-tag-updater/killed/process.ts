import { createHandler } from '#functions/image-tag-updater/handler.ts';
import { createWriter } from '#shared/gitops/writer.ts';
import { checkout, configOf } from '../../rollback-trigger/deployment.ts';
import { context, runtimeOf } from '../../rollback-trigger/runtime.ts';
import { batchOf } from '../gitops.ts';
import { noPullRequests } from '../pull-requests.ts';
import { type Answer, parseTask } from './messages.ts';

// The function as one process, that gets batches from another one and dies where it is told.

const say = (answer: Answer): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send?.(answer, undefined, undefined, (error) => (error ? reject(error) : resolve()));
  });

const die = (): void => {
  process.kill(process.pid, 'SIGKILL');
};

const work = async (message: unknown): Promise<void> => {
  const { url, directory, binary, dies, requests } = parseTask(message);
  const { PATH } = process.env;
  const writer = createWriter({ directory, binary, environment: { PATH } });
  const handler = createHandler({
    runtime: runtimeOf('image-tag-updater', async (events) => {
      if (dies === 'before it publishes') die();
      await say({ published: [...events] });
      if (dies === 'after it has published') die();
    }),
    config: async () => configOf({ [checkout.service]: {} }),
    stage: 'dev',
    returnAfter: async () => undefined,
    setAside: async () => {
      throw new Error('fake: nothing is set aside');
    },
    ...noPullRequests,
    write: (_gitops, wishes, signal) => writer.write({ name: 'main', url, branch: 'main' }, wishes, signal),
  });
  const { batchItemFailures } = await handler(batchOf(...requests), context);
  await say({ failed: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) });
};

process.on('message', (message) => void work(message));
process.on('disconnect', () => process.exit());

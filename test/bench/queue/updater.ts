import { createHandler } from '#functions/image-tag-updater/handler.ts';
import type { LocalQueue } from '#local/aws/sqs/queue.ts';
import { createWriter } from '#shared/gitops/writer.ts';
import { createRuntime } from '#shared/handlers/runtime.ts';
import { configured } from '../../functions/configured.ts';
import { noPullRequests } from '../../functions/image-tag-updater/pull-requests.ts';
import { context } from '../../functions/rollback-trigger/runtime.ts';
import { type Dynamodb, startDynamodb } from '../../shared/dynamodb.ts';
import { type FakeEventBridge, startFakeEventBridge } from '../../shared/fake-event-bridge.ts';
import { repositoryOf } from '../../shared/gitops/standard.ts';
import type { Course } from '../contender.ts';
import { manifestOf } from '../site/layout.ts';

// The runtime's logger would fill the screen with a line for each decision.
process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';

export interface Surroundings {
  readonly dynamodb: Dynamodb;
  readonly bus: FakeEventBridge;
  close(): Promise<void>;
}

/** What the function remembers in, and where it publishes: DynamoDB's API on loopback, and a fake of EventBridge. */
export const startSurroundings = async (): Promise<Surroundings> => {
  const [dynamodb, bus] = await Promise.all([startDynamodb('IdempotencyTable'), startFakeEventBridge()]);
  return {
    dynamodb,
    bus,
    close: async () => {
      await Promise.all([dynamodb.close(), bus.close()]);
    },
  };
};

const serviceFile = (service: string) => ({
  team: 'pay',
  images: { app: repositoryOf(service) },
  environments: { staging: { path: manifestOf(service).replace(/\/[^/]+$/, '') } },
});

/** The real image-tag-updater in an execution environment of its own, with a temporary folder of its own. */
export const openUpdater = async (
  { site, url }: Course,
  { dynamodb, bus }: Surroundings,
  queue: LocalQueue,
  services: readonly string[],
) => {
  const writer = createWriter({ directory: await site.scratch(), environment: { PATH: process.env.PATH } });
  const config = configured(Object.fromEntries(services.map((service) => [service, serviceFile(service)])));
  const names = { STAGE: 'bench', EVENT_BUS: 'fairlead', IDEMPOTENCY_TABLE: 'IdempotencyTable' };
  return createHandler({
    runtime: createRuntime('image-tag-updater', names, { eventBridge: bus.client, dynamodb: dynamodb.client }),
    config: async () => config,
    stage: 'bench',
    returnAfter: async ({ receiptHandle }, seconds) => void queue.changeVisibility(receiptHandle, seconds),
    setAside: async (_, reason) => {
      throw reason;
    },
    ...noPullRequests,
    write: ({ name, branch }, wishes, signal) => writer.write({ name, url, branch }, wishes, signal),
  });
};

/** Lambda's context of an invocation that has the whole minute of function.yml. */
export const fullTime = () => {
  const until = Date.now() + 60_000;
  return { ...context, getRemainingTimeInMillis: () => until - Date.now() };
};

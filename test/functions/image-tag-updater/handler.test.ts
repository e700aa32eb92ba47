import type { SQSEvent } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import type { AnyEvent } from '#events/event.ts';
import { createHandler } from '#functions/image-tag-updater/handler.ts';
import type { Result, Wish } from '#shared/gitops/intent.ts';
import { Upstream } from '#shared/handlers/errors.ts';
import { fakeContext, useWorld } from '../../shared/handlers/world.ts';
import { configured } from '../configured.ts';
import { noPullRequests } from './pull-requests.ts';
import { requestOf } from './request.ts';

const world = useWorld();

const images = { app: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/checkout' };
const service = {
  checkout: {
    team: 'pay',
    images,
    environments: {
      staging: { path: 'apps/staging' },
      canary: { path: 'apps/canary' },
    },
  },
};
const config = configured(service);

const batchOf = (...events: readonly AnyEvent[]): SQSEvent => ({
  Records: events.map((event, index) => ({
    messageId: `m${index}`,
    receiptHandle: `receipt-${index}`,
    body: JSON.stringify({ 'detail-type': 'any', detail: event }),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: 'x',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:111122223333:image-requests',
    awsRegion: 'eu-west-1',
  })),
});

const committed: Result = {
  outcome: 'committed',
  revision: '9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b4a3f2e1d0c',
  committedAt: '2026-11-23T10:00:05.000Z',
  diff: '',
  files: ['apps/staging/kustomization.yaml'],
  previous: {},
  first: false,
};

type Write = (wishes: readonly Wish[], gitops: string) => Promise<readonly Result[]>;

const start = (write: Write, configuration = config) => {
  const written: Wish[][] = [];
  const returned: string[] = [];
  const handler = createHandler({
    runtime: world.runtime(),
    config: async () => configuration,
    stage: 'dev',
    returnAfter: async ({ receiptHandle }) => void returned.push(receiptHandle),
    setAside: async () => {
      throw new Error('fake: nothing is set aside');
    },
    ...noPullRequests,
    write: async ({ name }, intents) => {
      written.push([...intents]);
      return write(intents, name);
    },
  });
  return { handler, written, returned };
};

describe('a batch', () => {
  test('of one repository is written together, and each request is told', async () => {
    const { handler, written } = start(async (intents) => intents.map(() => committed));
    const answer = await handler(batchOf(requestOf('staging'), requestOf('canary')), fakeContext());
    expect(answer.batchItemFailures).toEqual([]);
    expect(written.map((intents) => intents.map(({ environment }) => environment))).toEqual([['staging', 'canary']]);
    expect(world.bus.published()).toHaveLength(2);
  });

  test('is not held up by what is refused', async () => {
    const { handler, written } = start(async (intents) => intents.map(() => committed));
    await handler(batchOf(requestOf('nowhere'), requestOf('staging')), fakeContext());
    expect(written).toHaveLength(1);
    expect(world.bus.published()).toHaveLength(2);
  });

  test('goes back to the queue where the repository is away, and is written when it comes again', async () => {
    let away = true;
    const { handler, returned } = start(async (intents) => {
      if (away) throw new Upstream('github.com does not answer.');
      return intents.map(() => committed);
    });
    const batch = batchOf(requestOf('staging'), requestOf('nowhere'));
    expect((await handler(batch, fakeContext())).batchItemFailures).toEqual([{ itemIdentifier: 'm0' }]);
    expect(returned).toEqual(['receipt-0']);
    expect(world.bus.published()).toHaveLength(1);
    away = false;
    expect((await handler(batch, fakeContext())).batchItemFailures).toEqual([]);
    expect(world.bus.published()).toHaveLength(2);
  });

  test('of two repositories is told of the one while the other still hangs', async () => {
    const gitops = { main: { repository: 'https://acme.dev/a.git' }, other: { repository: 'https://acme.dev/b.git' } };
    const { staging, canary } = service.checkout.environments;
    const environments = { staging, canary: { ...canary, gitops: 'other' } };
    const both = configured({ checkout: { ...service.checkout, environments } }, { gitops });
    const told = Promise.withResolvers<readonly Result[]>();
    world.bus.respondWith((entries) => {
      told.resolve([committed]);
      return entries.map(() => undefined);
    });
    const { handler } = start(async (_, name) => (name === 'main' ? [committed] : told.promise), both);
    const answer = await handler(batchOf(requestOf('staging'), requestOf('canary')), fakeContext());
    expect(answer.batchItemFailures).toEqual([]);
    expect(world.bus.published()).toHaveLength(2);
  });
});

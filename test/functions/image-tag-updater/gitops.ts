import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SQSEvent } from 'aws-lambda';
import type { AnyEvent } from '#events/event.ts';
import { holdRequested } from '#events/holds.ts';
import { imageRequested } from '#events/images.ts';
import { createHandler } from '#functions/image-tag-updater/handler.ts';
import { createGitServer } from '#local/git-server/server.ts';
import type { Config } from '#shared/config/config.ts';
import { createWriter } from '#shared/gitops/writer.ts';
import { at, checkout, fromBus, imageOf, type Place, requested } from '../rollback-trigger/deployment.ts';
import { context, runtimeOf } from '../rollback-trigger/runtime.ts';
import { noPullRequests } from './pull-requests.ts';

export const manifest = (service: string): string => `apps/${service}/kustomization.yaml`;

/** A kustomization with one image for each target, at a version. */
export const manifestOf = (service: string, versions: Readonly<Record<string, number>>): string =>
  [
    'kind: Kustomization # what runs here',
    'images:',
    ...Object.entries(versions).flatMap(([target, version]) => {
      const { repository, tag } = imageOf(version, { ...checkout, service, target });
      return [`  - name: ${repository}`, `    newTag: ${tag}`];
    }),
    '',
  ].join('\n');

export const batchOf = (...events: readonly AnyEvent[]): SQSEvent => ({
  Records: events.map((event, index) => ({
    messageId: `message-${index}`,
    receiptHandle: `receipt-${index}`,
    body: JSON.stringify({ detail: fromBus(event) }),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: 'x',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:111122223333:fairlead-dev-image-requests',
    awsRegion: 'eu-west-1',
  })),
});

/** The function in front of a real GitOps repository, where checkout's image is at version 0. */
export const openUpdater = async (config: Config, targets: readonly string[] = ['app']) => {
  const folder = await mkdtemp(join(tmpdir(), 'updater-test-'));
  const server = await createGitServer({ root: join(folder, 'served') });
  const served = await server.createRepository('acme/gitops', {
    files: {
      [manifest('checkout')]: manifestOf('checkout', Object.fromEntries(targets.map((target) => [target, 0]))),
    },
  });
  const { PATH } = process.env;
  const writer = createWriter({ directory: join(folder, 'warm'), environment: { PATH } });
  const published: AnyEvent[] = [];
  const handler = createHandler({
    runtime: runtimeOf('image-tag-updater', async (events) => {
      published.push(...events);
    }),
    config: async () => config,
    stage: 'dev',
    returnAfter: async () => {
      throw new Error('fake: nothing goes back to the queue');
    },
    setAside: async () => {
      throw new Error('fake: nothing is set aside');
    },
    ...noPullRequests,
    write: (_gitops, wishes, signal) => writer.write({ name: 'main', url: served.url, branch: 'main' }, wishes, signal),
  });
  const commits = async () => served.commits('0', (await served.head()) ?? '0', 1000);
  return {
    /** What a batch of requests comes to, in their order: they are told of as each is known. */
    take: async (...events: readonly AnyEvent[]): Promise<AnyEvent[]> => {
      published.length = 0;
      await handler(batchOf(...events), context);
      const turn = ({ data }: AnyEvent): number =>
        events.findIndex(({ id }) => id === data.context.links?.[0]?.from.contextId);
      return published.toSorted((a, b) => turn(a) - turn(b));
    },
    read: async (path: string): Promise<string> => (await served.read(path)).toString(),
    subjects: async (): Promise<string[]> => (await commits()).map(({ message }) => message.split('\n')[0] ?? ''),
    messages: async (): Promise<string[]> => (await commits()).map(({ message }) => message),
    end: async (): Promise<void> => {
      await server.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};

interface Asked {
  readonly reason?: 'published' | 'rollback' | 'request';
  /** The version that a rollback replaces. */
  readonly instead?: number;
  readonly tag?: string;
  readonly place?: Place;
  readonly again?: string;
}

/** The wish that a version should run, by its publication, for a rollback, or by a person. */
export const wish = (version: number, { reason = 'published', instead, tag, place = checkout, again }: Asked = {}) => {
  const request = requested(version, version * 60, place);
  const { content } = request.data.subject;
  return imageRequested.reported({
    by: 'image-policy',
    identity: [request.id, reason, String(instead), tag, again],
    chain: request.data.context.chainId,
    time: request.time,
    subject: { id: request.subject },
    service: place.service,
    environment: place.environment,
    team: 'pay',
    content: {
      ...content,
      image: { ...content.image, ...(tag !== undefined && { tag }) },
      reason,
      ...(instead !== undefined && { expected: imageOf(instead, place).digest }),
    },
    custom: { actor: { name: 'ada', by: 'command' } },
  });
};

/** A person's wish to hold a version, or to release it, at a second of its own. */
export const hold = (
  version: number,
  seconds: number,
  action: 'hold' | 'release' = 'hold',
  place: Place = checkout,
) => {
  const { service, environment, target } = place;
  const { digest } = imageOf(version, place);
  return holdRequested.reported({
    by: 'command',
    identity: ['ada', action, service, environment, target, digest, at(seconds)],
    chain: requested(version, version * 60, place).data.context.chainId,
    time: at(seconds),
    subject: { id: `${service}/${environment}/${target}` },
    service,
    environment,
    team: 'pay',
    content: { service: { id: service }, environment: { id: environment }, target, action, digest },
    custom: { actor: { name: 'ada', by: 'command' }, why: 'Totals are wrong' },
  });
};

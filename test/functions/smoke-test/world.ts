import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { onTestFinished } from 'vitest';
import * as z from 'zod';
import type { AnyEvent } from '#events/event.ts';
import { chainOf } from '#events/identity.ts';
import { type Image, purlOf } from '#events/image.ts';
import { imageCommitted } from '#events/images.ts';
import { serviceUpgraded } from '#events/services.ts';
import { type Check, checkSchema } from '#shared/config/check.ts';
import type { Config } from '#shared/config/config.ts';
import type { Runtime } from '#shared/handlers/runtime.ts';
import { quietMetrics } from '../../quiet-metrics.ts';

export const checkOf = (raw: object): Check => checkSchema.parse(raw);

/** A server that answers like this until the test ends. */
export const serve = async (answer: RequestListener): Promise<string> => {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return `http://127.0.0.1:${port}`;
};

export const revision = 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678';

/** An image of checkout: the n-th. */
export const imageOf = (n: number): Image => ({
  repository: 'registry.example/checkout',
  tag: `v1.0.${n}`,
  digest: `sha256:${n.toString(16).padStart(64, '0')}`,
});

/** Seconds after the delivery began. */
export const at = (seconds: number): string =>
  new Date(Date.parse('2026-03-02T09:30:00Z') + seconds * 1000).toISOString();

const labels = { service: 'checkout', environment: 'staging', team: 'pay' };

export const committed = (n: number, seconds: number, service = 'checkout') =>
  imageCommitted.reported({
    by: 'image-tag-updater',
    identity: [service, String(n), at(seconds)],
    chain: chainOf(`https://github.com/acme/${service}`, String(n)),
    time: at(seconds),
    subject: { id: `${service}/staging/app` },
    content: {
      service: { id: service },
      environment: { id: 'staging' },
      target: 'app',
      artifactId: purlOf(imageOf(n)),
      image: imageOf(n),
      order: { time: at(0), basis: 'commit' },
      reason: 'published',
      gitops: { name: 'main', revision, files: [] },
      first: false,
      changed: true,
    },
    custom: { actor: { name: 'Ada', by: 'github' }, diff: '' },
    ...labels,
    service,
  });

/** The n-th image, committed and some seconds later healthy. */
export const upgraded = (n: number, seconds: number, commit = committed(n, seconds - 10)) =>
  serviceUpgraded.causedBy(commit, {
    by: 'argocd-webhook',
    subject: { id: commit.data.subject.content.service.id },
    content: { environment: { id: 'staging' }, artifactId: purlOf(imageOf(n)) },
    custom: { target: 'app', image: imageOf(n), revision, applications: ['eu/checkout-staging'] },
    target: 'app',
    time: at(seconds),
  });

export const configOf = (smoke: readonly Check[], service = 'checkout'): Config => ({
  version: '000000000000',
  gitops: {},
  argocd: {},
  teams: {},
  services: [
    {
      name: service,
      team: 'pay',
      images: { app: imageOf(1).repository },
      environments: [
        {
          service,
          team: 'pay',
          name: 'staging',
          mode: 'write',
          gitops: 'main',
          edits: [{ path: '.' }],
          applications: ['eu/checkout-staging'],
          pin: false,
          smoke,
          rollback: 'auto',
          strategy: 'push',
        },
      ],
    },
  ],
  disabled: [],
});

/** Lambda's context with so much time left. */
export const contextOf = (milliseconds = 300_000): Context => ({
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'smoke-test',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:smoke-test',
  memoryLimitInMB: '512',
  awsRequestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
  logGroupName: '/aws/lambda/smoke-test',
  logStreamName: 'fake',
  getRemainingTimeInMillis: () => milliseconds,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
});

/** A runtime that keeps what is published, in its order, as it goes over the wire. */
export const createFakeRuntime = () => {
  const published: { event: AnyEvent; bytes: string }[] = [];
  const runtime: Runtime = {
    name: 'smoke-test',
    logger: new Logger({ logLevel: 'SILENT' }),
    metrics: quietMetrics('smoke-test'),
    publish: async (events) => {
      for (const event of events) published.push({ event, bytes: JSON.stringify(event) });
    },
    once: (_id, _context, effect) => effect(),
  };
  return { runtime, published };
};

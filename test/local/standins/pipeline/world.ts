import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { ECRClient } from '@aws-sdk/client-ecr';
import { AwsError } from '#local/aws/aws-error.ts';
import { readJsonCall } from '#local/aws/endpoint/json-call.ts';
import type { JsonService } from '#local/aws/endpoint/json-service.ts';
import { listen } from '#local/aws/listen.ts';
import type { ServiceEvent } from '#local/standins/pipeline/events.ts';
import { createPipelineStandin, type PipelineStandinOptions } from '#local/standins/pipeline/standin.ts';

export const account = '111122223333';
export const region = 'eu-west-1';
export const domain = `${account}.dkr.ecr.${region}.amazonaws.com`;
export const repositoryUrl = 'https://github.com/acme/shop';

/** A commit that begins with these digits. */
export const commitOf = (start: string): string => start.padEnd(40, '0');

export const checkout = {
  name: 'checkout',
  sourceAction: 'Source',
  repository: repositoryUrl,
  builds: [{ repository: 'checkout', tag: (commit: string) => `main-${commit.slice(0, 12)}` }],
};

/** JSON 1.1 over HTTP on loopback, as the local endpoint speaks it. */
const serve = (services: Readonly<Record<string, JsonService>>) =>
  listen(0, async (request, response) => {
    const call = readJsonCall(
      {
        target: String(request.headers['x-amz-target']),
        contentType: String(request.headers['content-type']),
        signedFor: undefined,
        body: await text(request),
      },
      (prefix) => services[prefix],
      () => [],
    );
    const reply = await call.run().catch((error: unknown) => {
      if (!(error instanceof AwsError)) throw error;
      return call.refuse(error.code, error.message, error.status, error.members);
    });
    response.writeHead(reply.status, reply.headers).end(reply.body);
  });

/** The event that the default bus makes of an entry. */
export const onDefaultBus = (entry: ServiceEvent) => ({
  version: '0',
  id: randomUUID(),
  'detail-type': entry.DetailType,
  source: entry.Source,
  account,
  time: `${entry.Time.slice(0, 19)}Z`,
  region,
  resources: entry.Resources,
  detail: JSON.parse(entry.Detail),
});

/** The stand-in behind the real clients, without its waits. What it put on the bus is kept. */
export const startPipelines = async (options: Partial<PipelineStandinOptions> = {}) => {
  const events: ReturnType<typeof onDefaultBus>[] = [];
  const standin = createPipelineStandin({
    account,
    region,
    pipelines: [checkout],
    putEvents: async (entries) => {
      events.push(...entries.map(onDefaultBus));
    },
    delays: { source: 0, build: 0, push: 0 },
    ...options,
  });
  const server = await serve(standin.handlers);
  const client = {
    endpoint: server.url,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  };
  const codepipeline = new CodePipelineClient(client);
  const ecr = new ECRClient(client);
  return {
    standin,
    events,
    codepipeline,
    ecr,
    close: async (): Promise<void> => {
      codepipeline.destroy();
      ecr.destroy();
      await Promise.all([standin.close(), server.close()]);
    },
  };
};

export type PipelineWorld = Awaited<ReturnType<typeof startPipelines>>;

import { text } from 'node:stream/consumers';
import { StartPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anyEventSchema } from '#events/event.ts';
import { createHandler as createEcrEvents } from '#functions/ecr-events/handler.ts';
import { createRegistry } from '#functions/ecr-events/registry.ts';
import { createHandler } from '#functions/reconciler/handler.ts';
import { listen } from '#local/aws/listen.ts';
import { push } from '#local/standins/github/push.ts';
import { createHooks } from '#shared/clients/github/hooks.ts';
import { createLostImages } from '#shared/clients/lost-images.ts';
import { createDeliveries, type Deliveries } from '#shared/deliveries/deliveries.ts';
import { readSample } from '../../../local/commands/samples.ts';
import { clearEachTime, files, start } from '../../local/standins/github/world.ts';
import { type PipelineWorld, startPipelines } from '../../local/standins/pipeline/world.ts';
import { type Dynamodb, startDynamodb } from '../../shared/dynamodb.ts';
import { fakeContext, useWorld } from '../../shared/handlers/world.ts';
import { configured } from '../configured.ts';
import { commitNamed, repository as image, service } from '../ecr-events/actions.ts';

clearEachTime();

const token = 'ghp_of-somebody-who-owns-it';
const later = (): number => Date.now() + 20 * 60_000;

const world = useWorld();
let dynamodb: Dynamodb;
let deliveries: Deliveries;
let pipelines: PipelineWorld;
let testNumber = 0;

beforeAll(async () => {
  dynamodb = await startDynamodb('DeliveriesTable');
  deliveries = createDeliveries(dynamodb.documentClient, 'DeliveriesTable');
});
beforeEach(async () => {
  testNumber += 1;
  pipelines = await startPipelines();
});
afterEach(() => pipelines.close());
afterAll(() => dynamodb.close());

/** GitHub as it is when it has lost the webhook of a push. */
const lostDelivery = async () => {
  const one = await start({ faults: { loses: () => true } });
  await push(one.url, { files, message: 'Round half up' });
  await one.github.idle();
  one.repository.token = token;
  return one;
};

/** An image of which ECR told nobody: nobody is told of what the stand-in puts on its bus. */
const lostImage = async () => {
  const revisionValue = commitNamed(`lost ${testNumber}`);
  const sourceRevisions = [{ actionName: 'Source', revisionType: 'COMMIT_ID' as const, revisionValue }];
  await pipelines.codepipeline.send(new StartPipelineExecutionCommand({ name: 'checkout', sourceRevisions }));
  await pipelines.standin.idle();
};

/** ecr-events behind Lambda's Invoke on loopback, which answers before it has run, once for each and one after the other. */
const startLambda = async (config: ReturnType<typeof configured>) => {
  const ecrEvents = createEcrEvents({
    runtime: world.runtime(),
    config: async () => config,
    deliveries,
    registry: createRegistry(() => pipelines.ecr),
    pushGrace: 0,
    now: later,
  });
  const invoked: string[] = [];
  let running: Promise<unknown> = Promise.resolve();
  const server = await listen(0, async (request, response) => {
    invoked.push(`${request.headers['x-amz-invocation-type']} ${request.url}`);
    const event: unknown = JSON.parse(await text(request));
    running = running.then(() => ecrEvents(event, fakeContext()));
    response.writeHead(202).end();
  });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new LambdaClient({ endpoint: server.url, region: 'eu-west-1', credentials, maxAttempts: 1 });
  return { invoked, client, idle: () => running, close: () => running.then(server.close) };
};

const published = () => world.bus.taken.map(({ Detail }) => anyEventSchema.parse(JSON.parse(Detail)));

interface Given {
  readonly githubToken?: string | undefined;
  readonly config: ReturnType<typeof configured>;
  readonly remaining?: number;
}

const setUp = async ({ config, githubToken, remaining }: Given) => {
  const lambda = await startLambda(config);
  const handler = createHandler({
    runtime: world.runtime(),
    config: async () => config,
    secrets: { find: async (path) => (path === 'github/token' ? githubToken : undefined) },
    openHooks: createHooks,
    images: createLostImages({ registryIn: () => pipelines.ecr, lambda: lambda.client, stage: 'dev' }),
    deliveries,
    apiId: 'a1b2c3d4e5',
    now: later,
  });
  const sample = await readSample('reconciler.json');
  return { ...lambda, run: () => handler(sample, fakeContext(remaining)) };
};

/** A service whose source is on GitHub, whose API the platform file says to be the stand-in's. */
const onStandin = ({ github }: Awaited<ReturnType<typeof lostDelivery>>) => {
  const main = { repository: 'https://github.com/acme/gitops.git', api: github.api };
  return configured(
    { checkout: service({ source: { repository: 'https://github.com/acme/shop' } }) },
    { gitops: { main } },
  );
};

describe('what was lost', () => {
  test('is sent again once: a webhook by GitHub, an image by ecr-events', async () => {
    const one = await lostDelivery();
    await lostImage();
    const { run, invoked, idle, close } = await setUp({ config: onStandin(one), githubToken: token });

    expect(await run()).toEqual({ published: [] });
    await one.github.idle();
    expect(one.receiver.received).toHaveLength(1);
    expect(invoked).toEqual(['Event /2015-03-31/functions/fairlead-dev-ecr-events/invocations']);
    await idle();
    const [event] = published();
    expect(event).toMatchObject({ type: 'dev.cdevents.artifact.published.0.3.0' });
    await deliveries.append(event!);

    expect(await run()).toEqual({ published: [], skipped: 'nothing is lost' });
    await one.github.idle();
    expect(one.receiver.received).toHaveLength(1);
    expect(invoked).toHaveLength(1);
    expect(world.logged()).not.toContain(token);
    await close();
  });

  test('is the same event when two runs are at it at once', async () => {
    const one = await lostDelivery();
    await lostImage();
    const { run, invoked, idle, close } = await setUp({ config: onStandin(one), githubToken: token });
    await Promise.all([run(), run()]);
    await one.github.idle();
    expect(new Set(one.receiver.received.map(({ headers }) => headers['x-github-delivery'])).size).toBe(1);
    await idle();
    expect(invoked.length).toBeGreaterThan(0);
    expect(new Set(published().map(({ id }) => id)).size).toBe(1);
    await close();
  });
});

describe('without a token', () => {
  test('GitHub is not asked, which is said, and images are told of all the same', async () => {
    const one = await lostDelivery();
    await lostImage();
    const { run, invoked, close } = await setUp({ config: onStandin(one) });
    expect(await run()).toEqual({
      published: [],
      skipped: 'GitHub is not asked, for there is no secret github/token',
    });
    await one.github.idle();
    expect(one.receiver.received).toEqual([]);
    expect(invoked).toHaveLength(1);
    await close();
  });
});

describe('what cannot be asked', () => {
  test('keeps it from nothing else, and fails the run in the end', async () => {
    const one = await lostDelivery();
    await lostImage();
    const { run, invoked, close } = await setUp({ config: onStandin(one), githubToken: 'ghp_of-a-stranger' });
    await expect(run()).rejects.toThrow(/^Not all could be asked: GitHub did not list the webhooks of acme\/shop: 404/);
    expect(invoked).toHaveLength(1);
    await close();
  });

  test('is no repository of ECR that is not there', async () => {
    const images = { app: image.replace('checkout', 'nobody') };
    const { run, close } = await setUp({
      config: configured({ checkout: service({ images }) }),
      githubToken: undefined,
    });
    expect((await run()).skipped).toMatch(/Listing .+\/nobody failed: RepositoryNotFoundException/);
    await close();
  });

  test('is a host that the platform file does not name: it does not get the token', async () => {
    const source = { repository: 'https://git.evil.example/acme/shop.git' };
    const { run, close } = await setUp({ config: configured({ checkout: service({ source }) }), githubToken: token });
    expect(await run()).toEqual({
      published: [],
      skipped: 'acme/shop of git.evil.example: the token is for GitHub and the hosts under gitops alone',
    });
    await close();
  });

  test('is what there is no time for', async () => {
    const one = await lostDelivery();
    const { run, close } = await setUp({ config: onStandin(one), githubToken: token, remaining: 1 });
    expect((await run()).skipped).toMatch(/the time ran out: \d repositories come first another day/);
    await close();
  });
});

test('it takes nothing but what a schedule sends', async () => {
  const config = configured({});
  const lambda = await startLambda(config);
  const refuse = (): never => {
    throw new Error('fake: nothing is asked');
  };
  const handler = createHandler({
    runtime: world.runtime(),
    config: async () => config,
    secrets: { find: refuse },
    openHooks: refuse,
    images: { pushed: refuse, tell: refuse },
    deliveries: { bySubject: refuse },
    apiId: 'a1b2c3d4e5',
    now: later,
  });
  await expect(handler({ id: '1', 'detail-type': 'ECR Image Action' }, fakeContext())).rejects.toThrow(
    /not an event that this function knows/,
  );
  await lambda.close();
});

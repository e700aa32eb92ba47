import { Logger } from '@aws-lambda-powertools/logger';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { LogLevel, WebClient } from '@slack/web-api';
import type { Context } from 'aws-lambda';
import dynalite from 'dynalite';
import type { AnyEvent } from '#events/event.ts';
import { createAnnouncer } from '#functions/deploy-notifier/announce.ts';
import { createHandler } from '#functions/deploy-notifier/handler.ts';
import { createKeeper } from '#functions/deploy-notifier/keep.ts';
import { createRecords } from '#functions/deploy-notifier/records.ts';
import { createSlack } from '#functions/deploy-notifier/slack.ts';
import { createSlackStandin } from '#local/standins/slack/standin.ts';
import type { Config } from '#shared/config/config.ts';
import { createDeliveries } from '#shared/deliveries/deliveries.ts';
import type { Runtime } from '#shared/handlers/runtime.ts';
import { quietMetrics } from '../../quiet-metrics.ts';

export const table = 'fairlead-test-deliveries';
export const token = 'xoxb-test';

const service = (name: string) => ({ name, team: 'pay', images: {}, environments: [] });

export const config: Config = {
  version: '000000000000',
  gitops: {},
  argocd: {},
  teams: { pay: { name: 'pay', slack: '#pay' } },
  services: [service('checkout'), service('cart')],
  disabled: [],
};

export const context: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'deploy-notifier',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:deploy-notifier',
  memoryLimitInMB: '512',
  awsRequestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
  logGroupName: '/aws/lambda/deploy-notifier',
  logStreamName: 'fake',
  getRemainingTimeInMillis: () => 20_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};

const runtime: Runtime = {
  name: 'deploy-notifier',
  logger: new Logger({ logLevel: 'SILENT' }),
  metrics: quietMetrics('deploy-notifier'),
  publish: async () => {
    throw new Error('fake: the notifier publishes nothing');
  },
  once: (_id, _context, effect) => effect(),
};

/** A real DynamoDB API in this process, with the table of serverless.yml. */
export const openTable = async () => {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('dynalite listens on no port');
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const string = (name: string) => ({ AttributeName: name, AttributeType: 'S' as const });
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'subject', 'time'].map(string),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-subject',
          KeySchema: [
            { AttributeName: 'subject', KeyType: 'HASH' },
            { AttributeName: 'time', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  return {
    document: DynamoDBDocumentClient.from(client),
    close: async () => {
      client.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};

export type TestTable = Awaited<ReturnType<typeof openTable>>;

type StandinOptions = Partial<Parameters<typeof createSlackStandin>[0]>;

const generous = { burst: 10_000, perMinute: 600_000 };

export const openSlack = (options: StandinOptions = {}) =>
  createSlackStandin({
    token,
    channels: [{ name: 'pay' }],
    rateLimit: { post: generous, update: generous, history: generous, replies: generous, list: generous },
    ...options,
  });

type Steps = Record<string, (...given: never[]) => Promise<unknown>>;

/** The same steps, each with a chance to crash before and after it. */
export type Perilous = <Parts extends Steps>(parts: Parts) => Parts;

export interface NotifierOptions {
  slackUrl: string;
  document: TestTable['document'];
  now?: () => number;
  perilous?: Perilous;
  usedToken?: string;
  timeout?: number;
  remaining?: number;
  given?: Config;
}

/** One notifier as index.ts composes it, in a hurry. */
export const createNotifier = (options: NotifierOptions) => {
  const {
    slackUrl,
    document,
    now = Date.now,
    perilous = (parts) => parts,
    usedToken = token,
    given = config,
  } = options;
  const web = new WebClient(undefined, {
    slackApiUrl: slackUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: options.timeout ?? 5000,
    logger: {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: () => undefined,
      setLevel: () => undefined,
      getLevel: () => LogLevel.ERROR,
      setName: () => undefined,
    },
  });
  const { append, chain } = perilous({ ...createDeliveries(document, table) });
  const slack = createSlack({
    call: (method, arguments_) => web.apiCall(method, arguments_),
    token: async () => usedToken,
    tokenName: '/fairlead/test/slack/token',
  });
  const keep = createKeeper({
    chain,
    records: perilous(createRecords(document, table)),
    slack: perilous(slack),
    now,
    pace: { lease: 45_000, patience: 4, pause: 2 },
  });
  const announce = createAnnouncer(keep);
  const handler = createHandler({ runtime, config: async () => given, deliveries: { append, chain }, announce });
  const during = { ...context, getRemainingTimeInMillis: () => options.remaining ?? 20_000 };
  return (event: AnyEvent) => handler({ source: event.source, 'detail-type': event.type, detail: event }, during);
};

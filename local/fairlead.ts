import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '#shared/config/config.ts';
import { parseConfig } from '#shared/config/parse.ts';
import { readConfigFiles } from '../build/read-config.ts';
import { appsOf } from './apps.ts';
import { createClosers } from './aws/closers.ts';
import type { Cloud, CloudOptions } from './cloud.ts';
import type { ServedRepository } from './git-server/repository.ts';
import { localise } from './package.ts';
import { parametersOf, secrets } from './secrets.ts';
import { startServices } from './services.ts';
import { type StageOptions, startStage } from './stage.ts';
import { createGithubStandin } from './standins/github/standin.ts';
import { createPipelineStandin, type PipelineStandin } from './standins/pipeline/standin.ts';
import { createSlackStandin } from './standins/slack/standin.ts';
import { hostRepositories, type StandinOptions, startArgocds } from './surroundings.ts';
import { type World, worldOf } from './world/world.ts';

export interface FairleadOptions {
  /** The user's platform file. */
  readonly config: string;
  readonly stage: string;
  readonly ports?: CloudOptions['ports'];
  readonly delays?: CloudOptions['delays'];
  readonly faults?: CloudOptions['faults'];
  /** Values of `params` in serverless.yml, in place of the stage's. */
  readonly params?: Readonly<Record<string, string>>;
  /** Starts with nothing in the account: somebody deploys it, by `serverless deploy`. */
  readonly empty?: boolean;
  readonly standins?: StandinOptions;
  /** Changes what was packaged before it runs, in its folder: what somebody did to a stack by hand. */
  readonly tampered?: StageOptions['tampered'];
  /** Executions of pipelines that were over before. */
  readonly history?: NonNullable<Parameters<typeof createPipelineStandin>[0]['history']>;
}

/** Fairlead on loopback: the packaged stack, and a stand-in of everything around it. */
export interface Fairlead {
  readonly stage: string;
  readonly config: Config;
  /** The platform file that the functions were packaged with: the user's, with the addresses of the stand-ins. */
  readonly localConfig: string;
  /** The `params` in serverless.yml that it is packaged with, so that it reaches the stand-ins. */
  readonly params: Readonly<Record<string, string>>;
  readonly world: World;
  readonly cloud: Cloud;
  readonly github: Awaited<ReturnType<typeof createGithubStandin>>;
  /** The GitOps repositories by their names in the configuration. */
  readonly gitops: ReadonlyMap<string, ServedRepository>;
  readonly slack: Awaited<ReturnType<typeof createSlackStandin>>;
  readonly pipelines: PipelineStandin;
  /** Resolves when nothing is under way anywhere. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

type Closers = ReturnType<typeof createClosers>;

/** Nobody who watches waits a minute for what on AWS comes again after one. */
const delaysHere: NonNullable<FairleadOptions['delays']> = { invocationRetry: (attempt) => attempt * 5000 };

/** Senders are told where the API will be before it is there: the functions' package names the senders' addresses. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port is free.');
  return address.port;
};

const start = async (options: FairleadOptions, closers: Closers): Promise<Fairlead> => {
  const { stage, delays, faults, ports, params, standins = {} } = options;
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-'));
  closers.add(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const files = await readConfigFiles(options.config);
  const configured = parseConfig(files, stage);
  const world = worldOf(configured);
  const apps = appsOf(configured, world);

  const apiPort = ports?.api ?? (await freePort());
  const api = `http://127.0.0.1:${apiPort}`;
  const github = await createGithubStandin({
    root: join(folder, 'git'),
    webhookUrl: `${api}/webhooks/github`,
    secret: secrets.githubWebhook,
    apps: apps.installed,
    ...standins.github,
  });
  closers.add(github.close);
  const { sources, gitops } = await hostRepositories(world, configured, github);
  const slack = await createSlackStandin({
    token: secrets.slack,
    channels: world.channels.map((name) => ({ name })),
    ...standins.slack,
  });
  closers.add(slack.close);
  const argocds = await startArgocds({ world, github, api, options: standins.argocd }, closers);
  let registry: Pick<PipelineStandin, 'images'> | undefined; // until it is there, nothing is built
  const services = await startServices(configured, { argocds, sources, images: () => registry?.images() ?? [] });
  closers.add(services.close);

  const config = await localise(
    files,
    {
      gitops: Object.fromEntries(Object.entries(world.gitops).map(([name, one]) => [name, github.cloneUrl(one.name)])),
      githubApi: github.api,
      argocd: Object.fromEntries([...argocds].map(([name, { url }]) => [name, url])),
      services: services.urls,
    },
    join(folder, 'config'),
  );
  const localParams = { ...params, config, slackApiUrl: slack.url };
  const cloud = await startStage(
    {
      stage,
      params: localParams,
      folder: join(folder, 'packaged'),
      empty: options.empty ?? false,
      tampered: options.tampered,
    },
    {
      ports: { ...ports, api: apiPort },
      // Each environment is a thread that loads its bundle: on two cores, more of them make everything slower.
      concurrency: 2,
      delays: { ...delaysHere, ...delays },
      ...(faults && { faults }),
    },
  );
  closers.add(cloud.close);
  let invocations = 0;
  cloud.onInvocation(() => {
    invocations += 1;
  });
  for (const [path, value] of Object.entries({ ...parametersOf(world), ...apps.parameters })) {
    cloud.parameters.put(`/fairlead/${stage}/${path}`, value);
  }

  const pipelines = createPipelineStandin({
    ...(options.history && { history: options.history }),
    account: cloud.model.account,
    region: cloud.model.region,
    pipelines: world.pipelines.map(({ source, ...pipeline }) => ({
      ...pipeline,
      repository: source === undefined ? '' : github.cloneUrl(source),
    })),
    putEvents: async (events) => void cloud.putServiceEvents(events),
    ...standins.pipelines,
  });
  closers.add(pipelines.close);
  registry = pipelines;
  cloud.mount(pipelines.handlers);

  return {
    config: parseConfig(await readConfigFiles(config), stage),
    localConfig: config,
    params: localParams,
    stage,
    world,
    cloud,
    github,
    gitops,
    slack,
    pipelines,
    idle: async () => {
      // Each may set another going, so it is quiet when a whole round of waiting saw no function run.
      let before: number;
      do {
        before = invocations;
        await github.idle();
        await pipelines.idle();
        for (const argocd of argocds.values()) await argocd.idle();
        await cloud.idle();
      } while (invocations !== before);
    },
    close: closers.close,
  };
};

/** Starts everything on free ports, packaged from the user's configuration. */
export const startFairlead = async (options: FairleadOptions): Promise<Fairlead> => {
  const closers = createClosers();
  try {
    return await start(options, closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
};

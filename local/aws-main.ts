import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { announceRunning, withdrawRunning } from './commands/running.ts';
import { type Fairlead, startFairlead } from './fairlead.ts';
import { tell } from './story/tell.ts';

/**
 * `npm run aws [-- --config <fairlead.yaml>] [--stage <name>] [--port <n>]`: an AWS account on loopback with nothing in
 * it, and the stand-ins of what is around Fairlead. `serverless deploy` works with it, and what was deployed runs.
 */
const { values: given } = parseArgs({
  options: {
    config: { type: 'string', default: join(import.meta.dirname, '../examples/acme/fairlead.yaml') },
    port: { type: 'string' },
    stage: { type: 'string', default: 'dev' },
  },
});

const say = (line = ''): void => void process.stdout.write(`${line}\n`);

const hint = ({ cloud, params, config, stage }: Fairlead): void => {
  const given = Object.entries(params).map(([name, value]) => `--param="${name}=${value}"`);
  const [service] = config.services;
  say('An AWS account with nothing in it but the secrets of its stand-ins. In another terminal:');
  say();
  say(`  export AWS_ENDPOINT_URL=${cloud.endpoint} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local`);
  say(`  npx serverless deploy --stage ${stage} ${given.join(' ')}`);
  say(`  npm run push -- ${service?.name ?? '<service>'}`);
  say(`  npx serverless info --stage ${stage}`);
  say(`  npx serverless remove --stage ${stage}`);
  say();
  say(`The HTTP API answers at ${cloud.api}, whatever URL CloudFormation makes up for it.`);
  say('Ctrl-C ends it and leaves nothing behind.');
  say();
};

const deploying: readonly string[] = ['CreateStack', 'UpdateStack', 'DeleteStack'];

/** Until somebody wants it to end. */
const interrupted = (): Promise<void> =>
  new Promise((end) => {
    process.once('SIGINT', () => end());
    process.once('SIGTERM', () => end());
  });

const run = async (): Promise<void> => {
  const [config, stopped] = [resolve(process.env.INIT_CWD ?? '.', given.config), interrupted()];
  const fairlead = await startFairlead({
    config,
    stage: given.stage,
    empty: true,
    ...(given.port !== undefined && { ports: { api: Number(given.port) } }),
  });
  try {
    tell(fairlead, { story: say });
    fairlead.cloud.onCall(({ service, action }) => {
      if (service === 'cloudformation' && deploying.includes(action)) say(`CloudFormation was asked to ${action}`);
    });
    await announceRunning({
      pid: process.pid,
      config,
      stage: given.stage,
      region: fairlead.cloud.model.region,
      endpoint: fairlead.cloud.endpoint,
      api: fairlead.cloud.api ?? '',
      github: fairlead.github.url,
      githubApi: fairlead.github.api,
      slackApi: fairlead.slack.url,
      localConfig: fairlead.localConfig,
    });
    hint(fairlead);
    await stopped;
  } finally {
    await withdrawRunning();
    await fairlead.close();
  }
};

try {
  await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

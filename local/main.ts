import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { announceRunning, withdrawRunning } from './commands/running.ts';
import { type Pushed, pushService } from './delivery.ts';
import { type Fairlead, startFairlead } from './fairlead.ts';
import { rollsBack } from './proof/check.ts';
import { type Proof, prove, proveWayBack } from './proof/prove.ts';
import { createWitness, lookAgain } from './proof/witness.ts';
import { showSlack, tell } from './story/tell.ts';

/**
 * `npm start [-- --once] [--config <fairlead.yaml>] [--port <n>] [--json]`: packages the stack, runs it on loopback with
 * stand-ins of what is around it, and tells a delivery as it happens.
 */
const { values: given } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    config: { type: 'string', default: join(import.meta.dirname, '../examples/acme/fairlead.yaml') },
    port: { type: 'string' },
    json: { type: 'boolean', default: false },
    stage: { type: 'string', default: 'dev' },
  },
});

const say = (line = ''): void => void process.stdout.write(`${line}\n`);
/** What is not an event stays out of the way of `--json`. */
const remark = (line = ''): void => void (given.json ? process.stderr : process.stdout).write(`${line}\n`);

const hint = ({ cloud, github, world, config }: Fairlead): void => {
  const [service] = config.services;
  remark();
  remark('It goes on. In another terminal:');
  remark(`  npm run push -- ${service?.name ?? '<service>'}            another commit through the chain`);
  remark(
    `  npm run push -- ${service?.name ?? '<service>'} --bad      one that fails its check, and goes back by itself`,
  );
  if (config.services.some(({ environments }) => environments.some(({ strategy }) => strategy === 'pull-request')))
    remark('  npm run merge                      what a person does who merges the open pull request');
  remark('  npm run invoke -- <function>       one function with its sample, and what it produces');
  remark(`  git clone ${github.cloneUrl(world.sources[0]?.name ?? '')}`);
  remark(`  GitHub's webhook goes to ${cloud.api}/webhooks/github`);
  remark(`  AWS_ENDPOINT_URL=${cloud.endpoint} is EventBridge, SQS, DynamoDB, SSM, Lambda, CodePipeline and ECR`);
  remark('Ctrl-C ends it and leaves nothing behind.');
};

/** Until somebody wants it to end. */
const interrupted = (): Promise<void> =>
  new Promise((end) => {
    process.once('SIGINT', () => end());
    process.once('SIGTERM', () => end());
  });

const waitFor = (pushed: readonly Pushed[], fairlead: Fairlead, stopped: Promise<void>) =>
  Promise.race([fairlead.idle(), stopped]).then(() => showSlack(fairlead, pushed, remark));

/** Two acts: a good commit of every service, and a bad one of the first that goes back by itself. */
const deliver = async (fairlead: Fairlead, stopped: Promise<void>): Promise<Proof[]> => {
  const { github, config } = fairlead;
  const witness = await createWitness(fairlead);
  const deliverable = config.services.filter(({ source, build }) => source && build);
  const good: Pushed[] = [];
  for (const service of deliverable) good.push(await pushService(github.url, service));
  await waitFor(good, fairlead, stopped);
  const proofs = given.once ? [await prove(fairlead, witness, good)] : [];

  const fragile = deliverable.find(({ environments }) => environments.some(rollsBack));
  if (fragile === undefined) return proofs;
  remark();
  remark(`Now a bad one: what is built of it answers 500.`);
  const later = await lookAgain(fairlead, witness);
  const bad = [await pushService(github.url, fragile, { bad: true })];
  await waitFor(bad, fairlead, stopped);
  return given.once ? [...proofs, await proveWayBack(fairlead, later, good, bad)] : proofs;
};

const report = (proofs: readonly Proof[]): boolean => {
  for (const { proven, failures } of proofs) {
    remark();
    for (const line of proven) remark(`✓ ${line}`);
    for (const line of failures) remark(`✗ ${line}`);
  }
  return proofs.every(({ failures }) => failures.length === 0);
};

const run = async (): Promise<boolean> => {
  // npm runs scripts in the project's folder, and says where it was called.
  const config = resolve(process.env.INIT_CWD ?? '.', given.config);
  const stopped = interrupted();
  remark('Building, packaging and starting Fairlead …');
  const fairlead = await startFairlead({
    config,
    stage: given.stage,
    ...(given.port !== undefined && { ports: { api: Number(given.port) } }),
  });
  try {
    for (const { name, problems } of fairlead.config.disabled) {
      remark(`${name} is switched off: ${problems.map(({ path, message }) => `${path} ${message}`).join('; ')}`);
    }
    tell(fairlead, given.json ? { json: say } : { story: say });
    const proofs = await deliver(fairlead, stopped);
    if (given.once) return report(proofs);
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
    return true;
  } finally {
    await withdrawRunning();
    await fairlead.close();
  }
};

try {
  if (!(await run())) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

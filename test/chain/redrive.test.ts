import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leaseSeconds } from '#commands/failures/failure-queue.ts';
import { failureRedriven } from '#events/failures.ts';
import { pushService } from '#local/delivery.ts';
import { type Fairlead, startFairlead } from '#local/fairlead.ts';
import { prove } from '#local/proof/prove.ts';
import { createWitness } from '#local/proof/witness.ts';
import { patience, seeds } from './trial.ts';

const root = join(import.meta.dirname, '../..');

/** Takes from rules what lets them invoke a function. */
const forbid = (name: string) => async (packaged: string) => {
  const file = join(packaged, 'cloudformation-template-update-stack.json');
  const template = JSON.parse(await readFile(file, 'utf8'));
  const permissions = Object.entries<{ Type: string; Properties: unknown }>(template.Resources).filter(
    ([, { Type, Properties }]) => Type === 'AWS::Lambda::Permission' && JSON.stringify(Properties).includes(name),
  );
  if (permissions.length === 0) throw new Error(`${name} has no permission to take`);
  for (const [key] of permissions) delete template.Resources[key];
  await writeFile(file, JSON.stringify(template));
};

describe.skipIf(seeds.length === 0)('redrive', () => {
  let fairlead: Fairlead;
  /** Functions whose process dies at any call of a service. */
  const dying = new Map([
    ['fairlead-dev-pipeline-trigger', 'codepipeline'],
    ['fairlead-dev-image-tag-updater', 'dynamodb'],
  ]);

  beforeAll(async () => {
    fairlead = await startFairlead({
      config: 'examples/acme/fairlead.yaml',
      stage: 'dev',
      params: { messageLeaseSeconds: String(3.5 * patience), pushGraceSeconds: '3600' },
      tampered: forbid('ArgocdDashsync'),
      delays: {
        // As on AWS, two retries outlast the time for which a process that died keeps its event from others.
        functionSeconds: (seconds) => Math.max(2500, seconds * 100) * patience,
        invocationRetry: (attempt) => attempt * 1000 * patience,
        deliveryRetry: () => 50,
        // Ten times the visibility of the image queue has to pass; the lease is for a process that has to start.
        queueSeconds: (seconds) => (seconds === leaseSeconds ? 30_000 : Math.min(seconds * 20, 100)) * patience,
      },
      faults: { crash: (name, { service }) => dying.get(name) === service },
    });
  });

  afterAll(() => fairlead?.close());

  const redrive = async (...args: string[]) => {
    const child = spawn(process.execPath, [join(root, 'commands/redrive.ts'), '--stage', 'dev', ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        AWS_ENDPOINT_URL: fairlead.cloud.endpoint,
        AWS_REGION: fairlead.cloud.model.region,
        AWS_ACCESS_KEY_ID: 'operator',
        AWS_SECRET_ACCESS_KEY: 'operator',
      },
    });
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return { code, stdout, stderr };
  };

  test(
    'brings a delivery to its end that failed in every way that a delivery can',
    async () => {
      const witness = await createWitness(fairlead);
      const [service] = fairlead.config.services;
      const pushed = await pushService(fairlead.github.url, service!);
      await fairlead.idle();

      // Lambda's record of a function that died.
      const looked = await redrive('--dry-run');
      expect(looked).toMatchObject({ code: 0, stderr: '' });
      expect(looked.stdout).toMatch(
        /^pipeline-trigger {2}[^→]*→ {6}will be given to the function fairlead-dev-pipeline-trigger$/ms,
      );
      expect(looked.stdout).toMatch(/would be sent again\. Nothing was changed\.\n$/);

      dying.delete('fairlead-dev-pipeline-trigger');
      const first = await redrive('--yes', '--function', 'pipeline-trigger');
      expect(first).toMatchObject({ code: 0, stderr: '' });
      expect(first.stdout).toMatch(/^1 message of 1 sent again\./m);
      await fairlead.idle();

      // What its queue gave up, and what is poison, with the reason.
      const sqs = new SQSClient({
        endpoint: fairlead.cloud.endpoint,
        region: fairlead.cloud.model.region,
        credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
        useQueueUrlAsEndpoint: false,
      });
      const queue = fairlead.cloud.model.queues.find(({ name }) => name === 'fairlead-dev-image-requests')!;
      const dead = await redrive('--dry-run', '--function', 'image-requests');
      expect(dead.stdout).toMatch(/^image-requests {2}[^\n]*\n {2}why {4}DeadLettered: /m);
      dying.clear();
      await sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: 'gar{bage' }));
      await fairlead.idle();
      sqs.destroy();

      // What is told to Slack fails at its rule each time, until nothing new happens.
      for (let rounds = 0; rounds < 10; rounds += 1) {
        const { code, stdout, stderr } = await redrive('--yes', '--actor', 'mona');
        expect(code, stderr + stdout).not.toBe(2);
        await fairlead.idle();
        if (stdout.includes('There is nothing here to send again.')) break;
        expect(rounds).toBeLessThan(9);
      }
      const left = await redrive('--dry-run');
      expect(left.code).toBe(1);
      expect(left.stdout).toMatch(/stays where it is: what image-requests failed on is no event of EventBridge\n/);

      // All is as it would have been, but for what was done about it, and what had failed.
      expect((await prove(fairlead, witness, [pushed])).failures).toEqual([
        expect.stringMatching(/^checkout: \d+ of dev\.cdeventsx\.fairlead-failure\.redriven, expected 0$/),
        expect.stringMatching(/^fairlead-dev-pipeline-trigger: recorded in /),
      ]);
      expect(witness.contradictions).toEqual([]);
      const told = witness.events.filter(({ type }) => type === failureRedriven.type);
      expect(told).toContainEqual(expect.objectContaining({ service: service!.name }));
    },
    120_000 * patience,
  );
});

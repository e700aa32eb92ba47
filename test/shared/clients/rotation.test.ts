import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { sign } from '@octokit/webhooks-methods';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createVerification as createBearer } from '#functions/argocd-webhook/token.ts';
import { createVerification as createSignature } from '#functions/github-webhook/signature.ts';
import { createSecrets, type Secrets } from '#shared/clients/secrets.ts';
import { onWebhook, type Webhook } from '#shared/handlers/on-webhook.ts';
import { skip } from '#shared/handlers/outcome.ts';
import { configured } from '../../functions/configured.ts';
import { requestOf } from '../../functions/github-webhook/requests.ts';
import { runs } from '../../runs.ts';
import { startFakeSsm } from '../fake-ssm.ts';
import { fakeContext } from '../handlers/world.ts';

const guide = readFileSync(join(import.meta.dirname, '../../../docs/secrets.md'), 'utf8');

/** A rotation in the hands of a person: what has to be done, one after the other. */
type Step = (rotation: { readonly name: string; readonly files: Map<string, string> }) => void;

let ssm: Awaited<ReturnType<typeof startFakeSsm>>;
let parameters: Map<string, string>;
let sender: string;

/** The commands of docs/secrets.md, in its order, done to a fake of SSM. A line that is not known here fails. */
const stepsOfGuide = (): Step[] => {
  const [, block = ''] = /<!-- rotation -->\s*```sh\n(.*?)```/s.exec(guide) ?? [];
  const named = (text: string, name: string): string => text.replaceAll('"', '').replace('$name', name);
  const steps = block.split('\n').flatMap((line): Step[] => {
    const [, into, source] =
      /^aws ssm put-parameter --overwrite --type SecureString --name (\S+) --value file:\/\/(\w+)$/.exec(line) ?? [];
    const [, gone] = /^aws ssm delete-parameter --name (\S+)$/.exec(line) ?? [];
    if (into !== undefined && source !== undefined)
      return [({ name, files }) => void parameters.set(named(into, name), files.get(source) ?? '')];
    if (gone !== undefined) return [({ name }) => void parameters.delete(named(gone, name))];
    if (/^sleep 300\b/.test(line)) return [() => pass(300_000)];
    if (/^# Give the sender the new one now/.test(line))
      return [
        ({ files }) => {
          sender = files.get('new') ?? '';
        },
      ];
    if (/^openssl rand/.test(line)) return [({ files }) => void files.set('new', `secret-${Math.floor(Date.now())}`)];
    if (/^printf %s .*get-parameter/.test(line))
      return [({ name, files }) => void files.set('old', parameters.get(name) ?? '')];
    if (line === '' || /^name=/.test(line)) return [];
    throw new Error(`fake: docs/secrets.md has a step that is not known here: ${line}`);
  });
  expect(steps).toHaveLength(7);
  return steps;
};

const pass = (milliseconds: number): void => void vi.setSystemTime(Date.now() + milliseconds);

const runtime = {
  name: 'rotation',
  logger: new Logger({ serviceName: 'rotation' }),
  metrics: new Metrics({ namespace: 'Fairlead', serviceName: 'rotation' }),
  publish: async () => undefined,
};

/** The two kinds of sender: how they show that they are who they are, and the verification of the function that they send to. */
const senders = {
  github: {
    name: '/fairlead/dev/github/webhook-secret',
    verify: (secrets: Secrets) => createSignature(() => secrets.pair('github/webhook-secret')),
    request: async (secret: string) =>
      requestOf({ event: 'ping', body: Buffer.from('{}'), signature: await sign(secret, '{}') }),
  },
  argocd: {
    name: '/fairlead/dev/argocd/eu/token',
    verify: (secrets: Secrets) =>
      createBearer(
        async () => configured({}),
        (instance) => secrets.pair(`argocd/${instance}/token`),
      ),
    request: async (secret: string) => ({
      ...requestOf({
        event: 'ping',
        body: Buffer.from('{}'),
        signature: '',
        headers: { authorization: `Bearer ${secret}` },
      }),
      pathParameters: { name: 'eu' },
    }),
  },
};

/** An execution environment of the function: with a cache of its own, which began whenever it began. */
const startEnvironment = (verify: (secrets: Secrets) => Webhook<object>['verify']) =>
  onWebhook(
    runtime,
    { mostBytes: 1000, verify: verify(createSecrets(ssm.client, '/fairlead/dev')), parse: () => ({}) },
    async () => skip('taken'),
  );

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  for (const level of ['info', 'warn', 'error'] as const) vi.spyOn(runtime.logger, level).mockReturnThis();
  parameters = new Map();
  ssm = await startFakeSsm(parameters);
});

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await ssm.close();
});

/** Before each step, some webhooks come, each to one of the environments and after a while of this many seconds. */
const load = fc.array(fc.record({ environment: fc.nat({ max: 3 }), after: fc.nat({ max: 200 }) }), { maxLength: 6 });

describe.each(Object.entries(senders))(
  'rotating what %s uses, as docs/secrets.md says',
  (_, { name, verify, request }) => {
    test('refuses no webhook, whenever which environment asks, and takes the old one no longer when it is over', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(load, { minLength: 14, maxLength: 14 }), async (loads) => {
          parameters.clear();
          parameters.set(name, 'secret-first');
          sender = 'secret-first';
          const environments = Array.from({ length: 4 }, () => startEnvironment(verify));
          const send = async (secret: string, to: number) =>
            (await environments[to]?.(await request(secret), fakeContext()))?.statusCode;

          const files = new Map<string, string>();
          // Twice, for what the first rotation leaves behind must not harm the second.
          const steps = [...stepsOfGuide(), ...stepsOfGuide()];
          for (const [at, step] of steps.entries()) {
            for (const { environment, after } of loads[at] ?? []) {
              pass(after * 1000);
              expect(await send(sender, environment)).toBe(202);
            }
            step({ name, files });
          }
          pass(300_000);
          for (const [to] of environments.entries()) {
            expect(await send(sender, to)).toBe(202);
            expect(await send(files.get('old') ?? '', to)).toBe(401);
          }
        }),
        { numRuns: runs(6, 60) },
      );
    });
  },
);

test('the new value first, without the old one beside it, would refuse webhooks: the test can tell', async () => {
  const { name, verify, request } = senders.github;
  parameters.set(name, 'old');
  const environment = startEnvironment(verify);
  expect(await environment(await request('old'), fakeContext())).toMatchObject({ statusCode: 202 });
  parameters.set(name, 'new');
  expect(await environment(await request('new'), fakeContext())).toMatchObject({ statusCode: 401 });
  pass(300_000);
  expect(await environment(await request('old'), fakeContext())).toMatchObject({ statusCode: 401 });
});

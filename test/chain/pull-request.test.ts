import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AnyEvent, anyEventSchema } from '#events/event.ts';
import { imageCommitted, imageOffered } from '#events/images.ts';
import { testSuiteRunFinished } from '#events/tests.ts';
import { pushService } from '#local/delivery.ts';
import { type Fairlead, startFairlead } from '#local/fairlead.ts';
import { secrets } from '#local/secrets.ts';

/** Packages and starts the whole stack, so it runs where there is time: with the seeds. */
const isAsked = process.env.FAIRLEAD_SEEDS !== undefined;

let folder: string;
let fairlead: Fairlead;
const events: AnyEvent[] = [];

const replaceIn = async (file: string, text: string, by: string): Promise<void> => {
  const content = await readFile(join(folder, file), 'utf8');
  expect(content).toContain(text);
  await writeFile(join(folder, file), content.replace(text, by));
};

describe.skipIf(!isAsked)('an environment that takes pull requests, written by a GitHub App', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairlead-pull-'));
    await cp('examples/acme', folder, { recursive: true });
    const app = 'branch: main, app: { id: 4711, installation: 815 }, subject: "deploy({service}): {change}" }';
    await replaceIn('fairlead.yaml', 'branch: main }', app);
    await replaceIn('services/checkout.yaml', 'rollback: auto', 'strategy: pull-request\n      rollback: auto');
    fairlead = await startFairlead({ config: join(folder, 'fairlead.yaml'), stage: 'dev' });
    fairlead.cloud.onEvent(({ event: { detail } }) => {
      const { data } = anyEventSchema.safeParse(detail);
      if (data !== undefined && events.every(({ id }) => id !== data.id)) events.push(data);
    });
  });
  afterAll(async () => {
    await fairlead?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('waits for a person, and goes on to its proof when that person has merged', { timeout: 120_000 }, async () => {
    const [service] = fairlead.config.services;
    if (service === undefined) throw new Error('no service');
    const { chain } = await pushService(fairlead.github.url, service);
    await fairlead.idle();
    const offered = events.find(imageOffered.is);
    expect(offered?.data.context.chainId).toBe(chain);
    expect(events.filter(imageCommitted.is)).toEqual([]);
    const [pull] = fairlead.github.pulls('acme/gitops');
    expect(pull).toMatchObject({
      state: 'open',
      title: expect.stringMatching(/^deploy\(checkout\): staging to main-/),
    });
    expect(JSON.stringify(fairlead.slack.messages())).toContain('is waiting for a pull request in staging');

    const response = await fetch(`${fairlead.github.api}/repos/acme/gitops/pulls/1/merge`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${secrets.gitops}` },
      body: JSON.stringify({ merge_method: 'squash' }),
    });
    expect(response.status).toBe(200);
    await fairlead.idle();
    const committed = events.filter(imageCommitted.is);
    expect(committed).toHaveLength(1);
    expect(committed[0]?.data).toMatchObject({
      context: { chainId: chain, links: offered?.data.context.links },
      subject: { content: { gitops: { revision: await fairlead.gitops.get('main')?.head() } } },
    });
    expect(events.filter(testSuiteRunFinished.is)).toMatchObject([
      { outcome: 'success', data: { context: { chainId: chain } } },
    ]);

    const tokens = fairlead.github.tokensIssued();
    expect(new Set(tokens.flatMap(({ repositories }) => repositories))).toEqual(new Set(['acme/gitops']));
    expect(tokens.some(({ permissions }) => permissions.pull_requests === 'write')).toBe(true);
  });
});

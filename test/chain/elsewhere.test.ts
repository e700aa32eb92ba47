import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openConfigPlace } from '#commands/config/place.ts';
import { publishConfig } from '#commands/config/publish.ts';
import { type AnyEvent, anyEventSchema } from '#events/event.ts';
import { artifactPublished, imageCommitted } from '#events/images.ts';
import { pushService } from '#local/delivery.ts';
import { type Fairlead, startFairlead } from '#local/fairlead.ts';
import { createEventForms } from '#local/standins/pipeline/events.ts';

/** Packages and starts the whole stack, so it runs where there is time: with the seeds. */
const isAsked = process.env.FAIRLEAD_SEEDS !== undefined;

const elsewhere = { account: '444455556666', region: 'us-east-1' };
const registry = '444455556666.dkr.ecr.us-east-1.amazonaws.com';

const platform = `
gitops: { main: { repository: https://github.com/acme/gitops.git, branch: main } }
argocd: { eu: { url: https://argocd.eu.acme.example } }
teams: { pay: { slack: "#pay" } }
defaults: { gitops: main, argocd: eu, mode: write }
include: [services.yaml]
`;

const service = (tag: string) => `
checkout:
  team: pay
  source: { repository: https://github.com/acme/shop, branch: main, paths: ["apps/checkout/**"] }
  images: { app: ${registry}/checkout }
  environments:
    staging:
      path: apps/checkout/overlays/staging
      applications: [checkout-staging]
      tags: { pattern: "^${tag}-(?<commit>[0-9a-f]{7,40})$" }
`;

let folder: string;
let fairlead: Fairlead;
const events: AnyEvent[] = [];
const lines: string[] = [];

const forms = createEventForms(elsewhere, () => new Date());
const mediaType = 'application/vnd.oci.image.manifest.v1+json';
const digest = `sha256:${createHash('sha256').update('elsewhere').digest('hex')}`;

/** As \`npm run config:publish\` does in another terminal. */
const publish = async (config: string): Promise<number> => {
  const environment = {
    AWS_ENDPOINT_URL: fairlead.cloud.endpoint,
    AWS_REGION: fairlead.cloud.model.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  Object.assign(process.env, environment); // where the SDK looks
  const streams = { stdin: new PassThrough(), stdout: new PassThrough().resume(), stderr: new PassThrough().resume() };
  try {
    return await publishConfig(
      { config, stage: 'dev', dryRun: false, yes: true, switchOffWrong: false },
      { argv: [], env: environment, ...streams },
      () => openConfigPlace('dev', environment),
    );
  } finally {
    for (const name of Object.keys(environment)) delete process.env[name];
  }
};

describe.skipIf(!isAsked)('an image in a registry of another account and region', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairlead-elsewhere-'));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'fairlead.yaml'), platform);
    await writeFile(join(folder, 'services.yaml'), service('main'));
    const params = { forwardingAccounts: elsewhere.account };
    fairlead = await startFairlead({ config: join(folder, 'fairlead.yaml'), stage: 'dev', params });
    fairlead.cloud.onLog((line) => lines.push(JSON.stringify(line)));
    fairlead.cloud.onEvent(({ event: { detail } }) => {
      const { data } = anyEventSchema.safeParse(detail);
      if (data !== undefined && events.every(({ id }) => id !== data.id)) events.push(data);
    });
  });
  afterAll(async () => {
    await fairlead?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('ends in Git under its own host, by a configuration that was published and not deployed', {
    timeout: 120_000,
  }, async () => {
    // The configuration that it was packaged with takes other tags.
    const local = await readFile(join(fairlead.localConfig, '../services.yaml'), 'utf8');
    await writeFile(join(fairlead.localConfig, '../services.yaml'), local.replace('^main-', '^release-'));
    expect(await publish(fairlead.localConfig)).toBe(0);

    const [checkout] = fairlead.config.services;
    if (checkout === undefined) throw new Error('no service');
    const { commit, chain } = await pushService(fairlead.github.url, checkout);
    await fairlead.idle();
    const image = forms.imagePushed('checkout', { digest, mediaType }, `release-${commit}`);
    expect(fairlead.cloud.putServiceEvents([image], elsewhere)).toMatchObject({ FailedEntryCount: 0 });
    await fairlead.idle();

    expect(events.find(artifactPublished.is)?.data).toMatchObject({
      context: { chainId: chain },
      customData: { image: { repository: `${registry}/checkout`, digest }, order: { basis: 'commit' } },
    });
    expect(events.find(imageCommitted.is)?.data.context.chainId).toBe(chain);
    const repository = fairlead.gitops.get('main');
    const file = String(await repository?.read('apps/checkout/overlays/staging/kustomization.yaml'));
    expect(file).toContain(`name: ${registry}/checkout`);
    expect(file).toContain(`release-${commit}`);
    expect(lines.some((line) => line.includes('CONFIG_TAKEN') && line.includes('published'))).toBe(true);
  });

  test('is not taken from an account that the stack does not name', () => {
    const image = forms.imagePushed('checkout', { digest, mediaType }, 'release-0000000');
    const stranger = { ...elsewhere, account: '999900001111' };
    expect(fairlead.cloud.putServiceEvents([image], stranger)).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: 'NO_PERMISSIONS' }],
    });
  });

  test('of a service without build has no steps of the pipeline that runs there, and the log says why', async () => {
    const run = { id: '6a1c7d0e-5b3f-4e2a-9f10-2d4c8b7a6e51', pipeline: 'checkout', startedAt: new Date() };
    fairlead.cloud.putServiceEvents([forms.pipeline(run, 'STARTED')], elsewhere);
    await fairlead.idle();
    expect(lines.filter((line) => line.includes('no service is built by the pipeline checkout'))).not.toEqual([]);
  });
});

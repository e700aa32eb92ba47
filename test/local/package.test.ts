import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { localise } from '#local/package.ts';
import { parseConfig } from '#shared/config/parse.ts';
import { readConfigFiles } from '../../build/read-config.ts';
import { platform, service, staging } from '../shared/config/fixture.ts';

const addresses = {
  gitops: { main: 'http://127.0.0.1:1/acme/gitops.git', edge: 'http://127.0.0.1:1/acme/edge.git' },
  githubApi: 'http://127.0.0.1:2',
  argocd: { eu: 'http://127.0.0.1:2', us: 'http://127.0.0.1:3' },
  services: { 'checkout/staging': 'http://127.0.0.1:4' },
};

const localised = async (content: unknown, file = 'services/checkout.yaml') => {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const files = { version: '', platform: { file: 'fairlead.yaml', content: platform }, services: [{ file, content }] };
  const location = await localise(files, addresses, folder);
  return {
    config: parseConfig(await readConfigFiles(location), 'dev'),
    written: JSON.parse(await readFile(join(folder, file), 'utf8')),
  };
};

describe('a configuration that runs here', () => {
  test('sends each check to the stand-in of its place, and asks for the same there', async () => {
    const smoke = [
      { get: 'https://checkout.acme.example/healthz?deep=1', within: '10s' },
      { post: 'https://api.acme.example:8443/echo', body: 'https://stays.example/', text: 'https://stays.example/' },
    ];
    const environments = {
      staging: { ...staging, smoke },
      production: { ...staging, smoke: [smoke[0]] },
      preview: staging,
    };
    const { config, written } = await localised({ checkout: { ...service, environments } });
    expect(config.disabled).toEqual([]);
    expect(config.argocd.eu?.url).toBe('http://127.0.0.1:2');
    const [here, elsewhere, none] = config.services[0]?.environments ?? [];
    expect(here?.smoke).toMatchObject([
      { method: 'GET', url: 'http://127.0.0.1:4/healthz?deep=1', within: 10_000 },
      { method: 'POST', url: 'http://127.0.0.1:4/echo', body: smoke[1]?.body, text: smoke[1]?.text },
    ]);
    expect(elsewhere?.smoke).toMatchObject([{ url: smoke[0]?.get }]);
    expect(none?.smoke).toEqual([]);
    expect(written.checkout.environments.preview).toEqual(staging);
  });

  test.each([
    ['text'],
    [null],
    [{ checkout: 'text' }],
    [{ checkout: { ...service, environments: { staging: { smoke: 1 } } } }],
  ])('keeps what is wrong as it is: %j', async (content) => {
    const { written, config } = await localised(content);
    expect(written).toEqual(content);
    expect(config.disabled).toHaveLength(1);
  });

  test('keeps a check whose address is none', async () => {
    const smoke = [{ get: 'healthz' }];
    const { written } = await localised({ checkout: { ...service, environments: { staging: { ...staging, smoke } } } });
    expect(written.checkout.environments.staging.smoke).toEqual(smoke);
  });
});

import { describe, expect, onTestFinished, test } from 'vitest';
import { answerOf, badMarker } from '#local/standins/services/answer.ts';
import { createServicesStandin } from '#local/standins/services/standin.ts';

const registry = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';

type Options = Parameters<typeof createServicesStandin>[0];

const start = async (overrides: Partial<Options> = {}) => {
  const running = new Map<string, readonly string[]>();
  const sources = new Map<string, string>();
  const standin = await createServicesStandin({
    places: [
      {
        service: 'checkout',
        environment: 'staging',
        applications: ['eu/checkout-staging', 'us/checkout-staging'],
        repositories: [`${registry}/checkout`],
      },
      { service: 'ledger', environment: 'prod', applications: ['eu/ledger'], repositories: [`${registry}/ledger`] },
    ],
    running: (application) => running.get(application) ?? [],
    sourceOf: async (service, { tag }) => sources.get(`${service} ${tag}`),
    ...overrides,
  });
  onTestFinished(standin.close);
  const ask = async (place: string, path = '/healthz', patience = 10_000) => {
    const response = await fetch(`${standin.urls[place]}${path}`, { signal: AbortSignal.timeout(patience) });
    return [response.status, await response.json()];
  };
  return { standin, running, sources, ask };
};

const good = { tag: 'v1', source: '// checkout\n' };
const bad = { tag: 'v2', source: `// checkout\r\n  ${badMarker}\r\n` };

describe('what a service answers', () => {
  test.each([
    ['nothing runs', [], 503, undefined],
    ['a good image runs', [good], 200, 'v1'],
    ['an image of unknown source runs', [{ tag: 'v0', source: undefined }], 200, 'v0'],
    ['a bad image runs', [bad], 500, 'v2'],
    ['one of several is bad', [good, bad], 500, 'v2'],
    ['the marker is only spoken of', [{ tag: 'v3', source: `see "${badMarker}"` }], 200, 'v3'],
  ])('where %s', (_, images, status, version) => {
    const answer = answerOf(images);
    expect([answer.status, answer.body.version]).toEqual([status, version]);
  });
});

describe('the stand-in', () => {
  test('answers what runs at that moment, each place for itself', async () => {
    const { ask, running, sources } = await start();
    expect(await ask('checkout/staging')).toEqual([503, { status: 'nothing runs here' }]);
    running.set('eu/checkout-staging', [`${registry}/checkout:v1`, `${registry}/sidecar:v9`]);
    running.set('eu/ledger', [`${registry}/checkout:v1`, `${registry}/ledger:1.0.7@sha256:${'ab'.repeat(32)}`]);
    sources.set('checkout v2', badMarker);
    expect(await ask('checkout/staging')).toEqual([200, { status: 'ok', version: 'v1' }]);
    expect(await ask('ledger/prod', '/any?path')).toEqual([200, { status: 'ok', version: '1.0.7' }]);
    running.set('us/checkout-staging', [`${registry}/checkout:v2`]);
    expect(await ask('checkout/staging')).toEqual([500, { status: 'error', version: 'v2' }]);
    expect(await ask('ledger/prod')).toEqual([200, { status: 'ok', version: '1.0.7' }]);
    running.set('us/checkout-staging', [`${registry}/checkout:v1`]);
    expect(await ask('checkout/staging')).toEqual([200, { status: 'ok', version: 'v1' }]);
  });

  test('is as bad as it is told to be: comes and goes, is slow, hangs', async () => {
    const { ask, running } = await start({
      faults: ({ service, path, number }) => {
        if (path === '/hang') return { kind: 'hang' };
        if (path === '/slow') return { kind: 'slow', milliseconds: 20 };
        return service === 'checkout' && number % 2 === 1 ? { kind: 'status', status: 502 } : undefined;
      },
    });
    running.set('eu/checkout-staging', [`${registry}/checkout:v1`]);
    const statuses = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await ask('checkout/staging'))[0]);
    expect(statuses).toEqual([502, 200, 502, 200]);
    expect(await ask('checkout/staging', '/slow')).toEqual([200, { status: 'ok', version: 'v1' }]);
    await expect(ask('checkout/staging', '/hang', 50)).rejects.toThrow('timeout');
  });

  test('closes while requests hang', async () => {
    const { standin, ask } = await start({ faults: () => ({ kind: 'slow', milliseconds: 60_000 }) });
    const asked = ask('checkout/staging').catch(() => 'gone');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await standin.close();
    expect(await asked).toBe('gone');
  });
});

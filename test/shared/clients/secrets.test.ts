import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createSecrets, type Secrets } from '#shared/clients/secrets.ts';
import { startFakeSsm } from '../fake-ssm.ts';

let ssm: Awaited<ReturnType<typeof startFakeSsm>>;
let parameters: Map<string, string>;
let secrets: Secrets;

beforeEach(async () => {
  parameters = new Map([
    ['/fairlead/dev/slack/token', 'xoxb-1'],
    ['/fairlead/dev/github/webhook-secret', 'now'],
    ['/fairlead/dev/github/webhook-secret-previous', 'before'],
    ['/fairlead/dev/argocd/eu/token', 'only'],
  ]);
  ssm = await startFakeSsm(parameters);
  secrets = createSecrets(ssm.client, '/fairlead/dev');
});

afterEach(async () => {
  vi.useRealTimers();
  await ssm.close();
});

describe('a secret', () => {
  test('is read by its path below the stage, decrypted', async () => {
    expect(await secrets.get('slack/token')).toBe('xoxb-1');
    expect(ssm.requests).toEqual([['/fairlead/dev/slack/token']]);
  });

  test('comes as a pair while it is rotated, and alone else, in one request', async () => {
    expect(await secrets.pair('github/webhook-secret')).toEqual(['now', 'before']);
    expect(await secrets.pair('argocd/eu/token')).toEqual(['only']);
    expect(ssm.requests).toEqual([
      ['/fairlead/dev/github/webhook-secret', '/fairlead/dev/github/webhook-secret-previous'],
      ['/fairlead/dev/argocd/eu/token', '/fairlead/dev/argocd/eu/token-previous'],
    ]);
  });

  test('is kept for five minutes, and no longer: a rotated one is taken up by itself', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await secrets.get('slack/token');
    parameters.set('/fairlead/dev/slack/token', 'xoxb-2');
    vi.setSystemTime(Date.now() + 299_000);
    expect(await secrets.get('slack/token')).toBe('xoxb-1');
    expect(ssm.requests).toHaveLength(1);
    vi.setSystemTime(Date.now() + 2_000);
    expect(await secrets.get('slack/token')).toBe('xoxb-2');
  });

  test('is not asked for again, where it has no previous one', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    for (let call = 0; call < 3; call += 1) expect(await secrets.pair('argocd/eu/token')).toEqual(['only']);
    expect(ssm.requests).toHaveLength(1);
    vi.setSystemTime(Date.now() + 301_000);
    parameters.set('/fairlead/dev/argocd/eu/token', 'next');
    parameters.set('/fairlead/dev/argocd/eu/token-previous', 'only');
    expect(await secrets.pair('argocd/eu/token')).toEqual(['next', 'only']);
  });

  test('of another stage is another', async () => {
    parameters.set('/fairlead/prod/slack/token', 'xoxb-prod');
    expect(await createSecrets(ssm.client, '/fairlead/prod').get('slack/token')).toBe('xoxb-prod');
    expect(await secrets.get('slack/token')).toBe('xoxb-1');
  });
});

describe('a secret that is not set', () => {
  test('is named, with the command that sets it', async () => {
    const error = {
      name: 'Upstream',
      message: expect.stringMatching(
        /\/fairlead\/dev\/gitops\/main\/token is not set: aws ssm put-parameter --type SecureString --name \/fairlead\/dev\/gitops\/main\/token --value/,
      ),
    };
    await expect(secrets.get('gitops/main/token')).rejects.toMatchObject(error);
    await expect(secrets.pair('gitops/main/token')).rejects.toMatchObject(error);
  });

  test('is no secret because a previous one is', async () => {
    parameters.delete('/fairlead/dev/github/webhook-secret');
    await expect(secrets.pair('github/webhook-secret')).rejects.toMatchObject({ name: 'Upstream' });
  });

  test('is found as soon as it is set', async () => {
    await expect(secrets.get('gitops/main/token')).rejects.toThrow();
    parameters.set('/fairlead/dev/gitops/main/token', 'ghs_1');
    expect(await secrets.get('gitops/main/token')).toBe('ghs_1');
  });
});

describe('a secret that need not be set', () => {
  test('is found, or is nothing, which is not asked for again either', async () => {
    expect(await secrets.find('slack/token')).toBe('xoxb-1');
    expect(await secrets.find('gitops/main/token')).toBe(undefined);
    expect(await secrets.find('gitops/main/token')).toBe(undefined);
    expect(ssm.requests).toHaveLength(2);
  });
});

describe('SSM that is away', () => {
  test.each([
    [500, 'InternalServerError'],
    [400, 'ThrottlingException'],
    [400, 'AccessDeniedException'],
  ])('is an upstream failure, on %i %s, and not a missing secret', async (status, type) => {
    ssm.fail({ status, type });
    const error = await secrets.get('slack/token').catch((cause: unknown) => cause);
    expect(error).toMatchObject({ name: 'Upstream' });
    expect(String(error)).not.toContain('is not set');
    expect(String(error)).not.toContain('xoxb');
    ssm.fail(undefined);
    expect(await secrets.get('slack/token')).toBe('xoxb-1');
  });
});

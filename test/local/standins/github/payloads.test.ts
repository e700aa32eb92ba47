import { describe, expect, test } from 'vitest';
import { translate } from '#functions/github-webhook/translate.ts';
import { push } from '#local/standins/github/push.ts';
import { expectValidCdevent } from '../../../cdevents.ts';
import { realPayloads } from '../../../functions/github-webhook/real-payloads.ts';
import { clearEachTime, files, start } from './world.ts';

clearEachTime();

/** The paths of all fields with the type of what stands there; an empty list or null says nothing of what might. */
const typesOf = (value: unknown, path = ''): [string, string][] => {
  if (Array.isArray(value))
    return [[path, 'array'], ...value.slice(0, 1).flatMap((item) => typesOf(item, `${path}[]`))];
  if (value === null || typeof value !== 'object') return [[path, value === null ? 'null' : typeof value]];
  return [[path, 'object'], ...Object.entries(value).flatMap(([key, item]) => typesOf(item, `${path}.${key}`))];
};

/** Fields that are null here or there may be of any type. */
const nullable = new Set(['.base_ref', '.repository.language', '.repository.license', '.repository.description']);

describe('the payloads', () => {
  test('have every field of the real ones, with its type', async () => {
    const { receiver, github, git, clone, url } = await start();
    await push(url, { branch: 'feature', files, message: 'Round half up' });
    await clone();
    await git('push', 'origin', ':feature');
    await github.idle();
    for (const event of ['push', 'create', 'delete']) {
      // Some lack fields that came later: the fullest is the one to be like.
      const real = realPayloads()
        .filter(({ name }) => name === event)
        .map(({ payload }) => typesOf(payload))
        .reduce((fullest, types) => (types.length > fullest.length ? types : fullest));
      const sent = new Map(typesOf(receiver.of(event)[0]?.payload));
      const missing = real.filter(([path, type]) => {
        // Only the hook of a GitHub App names an installation, and only that of an organization names it.
        if (/^\.(installation|organization)/.test(path) || nullable.has(path)) return false;
        return sent.get(path) !== type;
      });
      expect({ event, missing }).toEqual({ event, missing: [] });
    }
  });

  test('are understood by github-webhook', async () => {
    const { receiver, github, git, clone, url } = await start();
    const commit = await push(url, { branch: 'feature', files, message: 'Round half up' });
    await clone();
    await git('push', 'origin', 'origin/feature:refs/heads/main', ':feature');
    await github.idle();
    const outcomes = receiver.received.map(({ event, payload }) => translate(event, payload));
    const events = outcomes.flatMap(({ events }) => events);
    for (const event of events) expectValidCdevent(event);
    expect(events.map(({ type, subject }) => `${type.split('.').slice(-4, -3)} ${subject}`).toSorted()).toEqual([
      'created acme/shop@feature',
      'deleted acme/shop@feature',
      'pushed acme/shop@feature',
      'pushed acme/shop@main',
    ]);
    expect(events.find(({ subject }) => subject === 'acme/shop@main')?.data.customData).toMatchObject({
      paths: { changed: ['apps/checkout/total.ts', 'README.md', 'old'], truncated: false },
      message: 'Round half up',
      actor: { name: 'ada', by: 'github' },
      url: expect.stringContaining(commit.slice(0, 12)),
    });
  });
});

import { describe, expect, test } from 'vitest';
import { imageCommitted, imageProposed, imageRefused, imageRequested, longestDiff } from '#events/images.ts';
import { outcomeOf, plan } from '#functions/image-tag-updater/decide.ts';
import type { Result } from '#shared/gitops/intent.ts';
import { expectValidCdevent } from '../../cdevents.ts';
import { configured } from '../configured.ts';
import { requestOf } from './request.ts';

const repository = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/checkout';

const config = configured({
  checkout: {
    team: 'pay',
    images: { app: repository, worker: `${repository}-worker` },
    environments: {
      staging: { path: 'apps/checkout/overlays/staging' },
      production: { edits: [{ file: 'values.yaml', key: 'checkout.image', image: 'app' }], pin: true },
      preview: { edits: [{ file: 'deployment.yaml', image: 'app' }] },
    },
  },
});

const revision = '9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b4a3f2e1d0c';
const change = { diff: '-a\n+b\n', files: ['values.yaml'], previous: { tag: 'main-1' }, first: true };

describe('a plan', () => {
  test('names the repository and the places of the image', () => {
    expect(plan(requestOf('staging'), config)).toMatchObject({
      gitops: 'main',
      wish: {
        service: 'checkout',
        environment: 'staging',
        pin: false,
        edits: [{ path: 'apps/checkout/overlays/staging' }],
      },
    });
    expect(plan(requestOf('production'), config)).toMatchObject({
      wish: { pin: true, edits: [{ file: 'values.yaml', key: 'checkout.image' }] },
    });
    expect(plan(requestOf('preview'), config)).toMatchObject({ wish: { edits: [{ file: 'deployment.yaml' }] } });
  });

  test('carries what the lock decides by', () => {
    const request = requestOf('staging');
    expect(plan(request, config)).toMatchObject({
      wish: {
        event: request.id,
        chain: request.data.context.chainId,
        order: request.data.subject.content.order.time,
        reason: 'published',
        mode: 'write',
      },
    });
  });

  test.each([
    ['an environment that nobody configured', requestOf('nowhere'), 'has no environment nowhere'],
    ['an image without an edit', requestOf('production', 'worker'), 'No edit of checkout'],
  ])('for %s is a refusal', (_, request, message) => {
    const decision = plan(request, config);
    const [event] = 'events' in decision ? decision.events : [];
    expect(event && imageRefused.is(event) && event.data.subject.content).toMatchObject({
      code: 'not-configured',
      message: expect.stringContaining(message),
    });
  });
});

test.each([
  [{ semver: '>=1' }, 'version'],
  [{ pattern: '^main-' }, 'time'],
  [{ pattern: '^main-', newest: 'registry' }, 'time'],
  [undefined, 'time'],
])('under %j the newest is decided by %s', (tags, newestBy) => {
  const environments = { staging: { path: 'apps/staging', ...(tags && { tags }) } };
  const planned = plan(
    requestOf('staging'),
    configured({ checkout: { team: 'pay', images: { app: repository }, environments } }),
  );
  expect(planned).toMatchObject({ wish: { newestBy } });
});

describe('what the writer did', () => {
  const request = requestOf('staging');
  const only = (result: Result) => {
    const outcome = outcomeOf(request, 'main', result, { config, stage: 'dev' });
    const events = 'events' in outcome ? outcome.events : [];
    const [event] = events;
    if (event === undefined || events.length > 1) throw new Error(`${events.length} events`);
    expectValidCdevent(event);
    return event;
  };

  test('is told with the commit, at the commit’s time, on the request’s chain', () => {
    const event = only({ outcome: 'committed', revision, committedAt: '2026-11-23T10:00:05.000Z', ...change });
    expect(event).toMatchObject({
      type: imageCommitted.type,
      time: '2026-11-23T10:00:05.000Z',
      service: 'checkout',
      environment: 'staging',
      data: {
        context: { chainId: request.data.context.chainId, links: [{ from: { contextId: request.id } }] },
        subject: {
          content: { changed: true, first: true, gitops: { name: 'main', revision, files: ['values.yaml'] } },
        },
        customData: { diff: change.diff },
      },
    });
  });

  test('says where nothing had to change', () => {
    const event = only({
      outcome: 'unchanged',
      revision,
      committedAt: '2026-11-23T10:00:05.000Z',
      ...change,
      diff: '',
    });
    expect(event.data.subject.content.changed).toBe(false);
  });

  test('is only proposed where the environment observes', () => {
    expect(only({ outcome: 'proposed', ...change }).type).toBe(imageProposed.type);
  });

  test('is refused with the writer’s words', () => {
    expect(only({ outcome: 'refused', code: 'held', message: 'It is held.' }).data.subject.content).toMatchObject({
      code: 'held',
      message: 'It is held.',
    });
  });

  test('never exceeds the bus with its diff', () => {
    const event = only({ outcome: 'proposed', ...change, diff: '+x\n'.repeat(longestDiff) });
    expect(String(event.data.customData.diff).length).toBeLessThanOrEqual(longestDiff);
  });

  test('is the same event when it is told again', () => {
    const result: Result = { outcome: 'committed', revision, committedAt: '2026-11-23T10:00:05.000Z', ...change };
    expect(only(result)).toEqual(only(result));
    expect(imageRequested.is(request)).toBe(true);
  });
});

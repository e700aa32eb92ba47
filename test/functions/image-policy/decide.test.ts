import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { purlOf } from '#events/image.ts';
import { artifactPublished } from '#events/images.ts';
import { decide, type Published, requested } from '#functions/image-policy/decide.ts';
import { reasonAgainstTag } from '#functions/image-policy/tag-policy.ts';
import { expectValidCdevent } from '../../cdevents.ts';
import { image as example, push } from '../../events/examples.ts';
import { configured } from '../configured.ts';

const { repository } = example;
const tools = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/tools';

const published = (tag = example.tag, from = repository): Published => {
  const image = { ...example, repository: from, tag };
  return artifactPublished.reported({
    by: 'ecr-events',
    identity: [from, tag],
    chain: push.data.context.chainId,
    time: '2026-11-23T09:31:14.000Z',
    subject: { id: purlOf(image) },
    content: {},
    custom: { image, order: { time: push.time, basis: 'commit' }, commit: push.data.subject.content.commit },
    service: 'another',
    team: 'web',
  });
};

describe('a tag', () => {
  test.each([
    ['main-3f2a9c1', { pattern: '^main-' }, true],
    ['release-main-1', { pattern: '^main-' }, false],
    ['release-main-1', { pattern: 'main' }, true],
    ['1.2.3', { semver: '>=1.0.0 <2' }, true],
    ['v1.2.3', { semver: '>=1.0.0 <2' }, true],
    ['2.0.0', { semver: '>=1.0.0 <2' }, false],
    ['1.3.0-rc.1', { semver: '>=1.0.0 <2' }, false],
    ['1.3.0-rc.1', { semver: '>=1.3.0-rc.0 <2' }, true],
    ['v1', { semver: '*' }, false],
    ['latest', { semver: '*' }, false],
    ['1.2.3', { semver: 'no range' }, false],
    ['1.2.3', undefined, true],
    ['main', undefined, true],
    ['latest', undefined, false],
    ['latest', { pattern: '^latest$' }, true],
  ])('%s is wanted under %j: %s', (tag, policy, wanted) => {
    expect(reasonAgainstTag(tag, policy) === undefined).toBe(wanted);
  });
});

const shop = configured({
  checkout: {
    team: 'pay',
    images: { app: repository, tools },
    environments: {
      staging: { path: 'apps/staging', tags: { pattern: '^main-' } },
      production: {
        mode: 'observe',
        edits: [{ file: 'values.yaml', key: 'checkout.image', image: 'app' }],
        tags: { semver: '>=1' },
      },
    },
  },
  web: { team: 'web', images: { proxy: repository }, environments: { staging: { path: 'web/staging' } } },
});

const wantedBy = (event: Published) =>
  decide(event, shop).wanted.map(({ environment, target }) => `${environment.service}/${environment.name}/${target}`);

describe('an image is wanted by every environment', () => {
  test.each([
    ['whose policy takes its tag', 'main-1', repository, ['checkout/staging/app', 'web/staging/proxy']],
    ['of another policy', 'v1.0.0', repository, ['checkout/production/app', 'web/staging/proxy']],
    ['that has a place for it', 'main-1', tools, ['checkout/staging/tools']],
    ['and no other', 'latest', repository, []],
    ['of its repository', 'main-1', `${repository}-cache`, []],
  ])('%s', (_, tag, from, expected) => {
    expect(wantedBy(published(tag, from))).toEqual(expected);
  });
});

describe('why nobody wants it is said', () => {
  test('by each environment that looked at it', () => {
    expect(decide(published('latest'), shop).reasons).toEqual([
      'checkout/staging/app: the tag does not match ^main-',
      'checkout/production/app: the tag is no version',
      'web/staging/proxy: without tags it takes every tag but latest',
    ]);
    expect(decide(published('v1', tools), shop).reasons).toEqual([
      'checkout/staging/tools: the tag does not match ^main-',
      'checkout/production/tools: none of its edits is for tools',
    ]);
  });

  test('where no environment uses the image', () => {
    expect(decide(published('main-1', `${repository}-cache`), shop).reasons).toEqual([
      `no environment uses ${repository}-cache`,
    ]);
  });
});

test('a service with this image that is switched off is refused', () => {
  const config = configured({ checkout: { team: 'pay', images: { app: repository }, environments: 'none' } });
  expect(decide(published(), config).refused.map(({ name }) => name)).toEqual(['checkout']);
  expect(decide(published('main-1', tools), config).refused).toEqual([]);
});

describe('what is asked for', () => {
  const cause = published('main-1');
  const events = decide(cause, shop).wanted.map((place) => requested(cause, place));

  test('is the image, in one place, in the order that it has', () => {
    for (const event of events) expectValidCdevent(event);
    expect(events[0]).toMatchObject({
      subject: 'checkout/staging/app',
      service: 'checkout',
      environment: 'staging',
      team: 'pay',
      time: cause.time,
      data: {
        context: { chainId: cause.data.context.chainId, links: [{ from: { contextId: cause.id } }] },
        subject: {
          content: {
            target: 'app',
            artifactId: cause.subject,
            image: cause.data.customData.image,
            order: cause.data.customData.order,
            reason: 'published',
            mode: 'write',
          },
        },
        customData: { commit: cause.data.customData.commit },
      },
    });
    expect(events[1]).toMatchObject({
      service: 'web',
      team: 'web',
      data: { subject: { content: { target: 'proxy' } } },
    });
  });

  test('is ordered by the registry where the environment wants that', () => {
    const tags = { pattern: '^main-', newest: 'registry' };
    const config = configured({
      checkout: { team: 'pay', images: { app: repository }, environments: { staging: { path: 'apps/staging', tags } } },
    });
    const orderOf = (event: Published) =>
      decide(event, config).wanted.map((place) => requested(event, place).data.subject.content.order);
    const { data } = cause;
    const seen = {
      ...cause,
      data: { ...data, customData: { ...data.customData, firstSeen: '2026-11-23T09:31:13.250Z' } },
    };
    expect(orderOf(seen)).toEqual([{ time: '2026-11-23T09:31:13.250Z', basis: 'registry' }]);
    expect(orderOf(cause)).toEqual([{ time: cause.time, basis: 'registry' }]);
  });

  test('has the mode of its environment', () => {
    const version = published('v1.0.0');
    const [production] = decide(version, shop).wanted.map((place) => requested(version, place));
    expect(production?.data.subject.content.mode).toBe('observe');
  });
});

test('the same image gives the same requests, each with an id of its own, whatever its tag', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/), (tag) => {
      const event = published(tag);
      const ask = () => decide(event, shop).wanted.map((place) => requested(event, place));
      const ids = ask().map(({ id }) => id);
      expect(ask().map(({ id }) => id)).toEqual(ids);
      expect(new Set(ids).size).toBe(ids.length);
    }),
  );
});

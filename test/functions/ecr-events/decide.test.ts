import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { claimedCommit, pushOf as firstPushOf, firstSeenOf, orderOf, ownChain } from '#functions/ecr-events/decide.ts';
import { imageActionSchema } from '#functions/ecr-events/image-action.ts';
import { configured } from '../configured.ts';
import { commitNamed, digestNamed, imageActionEvent, pushOf, repository, service } from './actions.ts';

const sha1 = commitNamed('a');
const sha256 = digestNamed('a').slice('sha256:'.length);

describe('the commit that a tag names', () => {
  const [checkout] = configured({ checkout: service() }).services;
  const [semver] = configured({
    semver: service({ environments: { staging: { path: 'a', tags: { semver: '>=1' } }, open: { path: 'b' } } }),
  }).services;

  test.each([
    ['main-3f2a9c1', '3f2a9c1'],
    [`main-${sha1}`, sha1],
    [`release-${sha1}`, sha1],
    [`${sha1.toUpperCase()}-amd64`, sha1],
    [sha256, sha256],
    [`${sha1}0`, undefined],
    ['main-3f2a9c', undefined],
    ['release-3f2a9c1', undefined],
    ['v1.2.3', undefined],
    ['latest', undefined],
  ])('%s: %s', (tag, commit) => {
    expect(claimedCommit(tag, checkout!)).toBe(commit);
  });

  test('needs no pattern where it is whole', () => {
    expect(claimedCommit(`v1-${sha1}`, semver!)).toBe(sha1);
    expect(claimedCommit('v1-3f2a9c1', semver!)).toBeUndefined();
  });

  test('is not what a group of another meaning holds', () => {
    const pattern = '^(?<commit>build[0-9]+)$';
    const [odd] = configured({
      odd: service({ environments: { staging: { path: 'a', tags: { pattern } } } }),
    }).services;
    expect(claimedCommit('build1234567', odd!)).toBeUndefined();
  });
});

describe('the push that brought a commit', () => {
  const source = configured({ checkout: service() }).services[0]!.source!;
  const feature = pushOf(sha1, '2026-11-23T09:00:00.000Z', 'cards');
  const first = pushOf(sha1, '2026-11-23T10:00:00.000Z');
  const again = pushOf(sha1, '2026-11-23T11:00:00.000Z');

  test.each([
    ['the first to the branch that is built', [again, first, feature], first],
    ['the first to any branch, else', [feature, pushOf(sha1, '2026-11-23T12:00:00.000Z', 'other')], feature],
    ['none', [], undefined],
  ])('is %s', (_, pushes, expected) => {
    expect(firstPushOf(pushes, source)).toBe(expected);
  });

  test('is the same in whatever order the log has them', () => {
    const pushes = [feature, first, again, pushOf(sha1, '2026-11-23T08:00:00.000Z', 'old')];
    fc.assert(
      fc.property(fc.shuffledSubarray(pushes, { minLength: 4 }), (order) => {
        expect(firstPushOf(order, source)).toBe(first);
      }),
    );
  });
});

describe('the order of an image', () => {
  test('is when its commit was pushed, in one format', () => {
    expect(orderOf(pushOf(sha1, '2026-11-23T10:00:00+01:00'), '2026-11-23T09:31:14.000Z')).toEqual({
      time: '2026-11-23T09:00:00.000Z',
      basis: 'commit',
    });
  });

  test('is the earliest that is known of its digest, without a commit', () => {
    expect(orderOf(undefined, firstSeenOf(['2026-11-23T09:31:14Z', '2026-11-23T09:31:13.500Z']))).toEqual({
      time: '2026-11-23T09:31:13.500Z',
      basis: 'registry',
    });
  });
});

describe("an image's registry", () => {
  test.each([
    ['eu-west-1', '111122223333.dkr.ecr.eu-west-1.amazonaws.com/checkout'],
    ['cn-north-1', '111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/checkout'],
    ['us-gov-west-1', '111122223333.dkr.ecr.us-gov-west-1.amazonaws.com/checkout'],
  ])('of %s', (region, expected) => {
    expect(imageActionSchema.parse(imageActionEvent({}, { region })).repository).toBe(expected);
  });

  test('is of the account that the event names', () => {
    const action = imageActionSchema.parse(imageActionEvent({}, { account: '444455556666' }));
    expect(action.repository).toBe('444455556666.dkr.ecr.eu-west-1.amazonaws.com/checkout');
  });

  test.each([{ 'image-tag': '' }, { 'image-tag': undefined }])('may hold an untagged manifest: %j', (detail) => {
    expect(imageActionSchema.parse(imageActionEvent(detail)).tag).toBeUndefined();
  });

  test.each([{ 'image-tag': 'a b' }, { 'image-digest': 'sha256:1' }, { 'image-tag': 'x'.repeat(129) }])(
    'holds no %j',
    (detail) => {
      expect(imageActionSchema.safeParse(imageActionEvent(detail)).success).toBe(false);
    },
  );
});

test("the chain of an image's own is that of its digest", () => {
  const image = { repository, digest: digestNamed('a') };
  expect(ownChain(image)).toBe(ownChain({ ...image }));
  expect(ownChain(image)).not.toBe(ownChain({ ...image, digest: digestNamed('b') }));
  expect(ownChain(image)).not.toBe(ownChain({ ...image, repository: `${repository}-cache` }));
});

test.each(['ecr-events', 'ecr-events-delete'])('the sample %s is read', (name) => {
  const sample = JSON.parse(readFileSync(`events/samples/${name}.json`, 'utf8'));
  expect(imageActionSchema.parse(sample)).toMatchObject({ repository, succeeded: true });
});

import { describe, expect, test } from 'vitest';
import { cameBy, satisfies, showsImage } from '#functions/argocd-webhook/evidence.ts';
import { at, commitOf, imageOf, observationOf, referenceOf, revisionOf } from './world.ts';

const { digest } = imageOf('checkout', 'v1');
const other = `sha256:${'0'.repeat(64)}`;
const repository = imageOf('checkout', 'v1').repository;
const foreign = revisionOf('somebody else');

describe('the image of a commit', () => {
  test.each([
    [`${repository}:v1`, true],
    [`${repository}@${digest}`, true],
    [`${repository}:v1@${digest}`, true],
    [`${repository}:v1@${other}`, false],
    [`${repository}:v2@${digest}`, false],
    [`${repository}@${other}`, false],
    [`${repository}:v10`, false],
    [repository, false],
    [`${repository}-worker:v1`, false],
    ['localhost:5000/checkout:v1', false],
  ])('is that of a pod: %s', (reference, expected) => {
    expect(showsImage(observationOf({ images: [reference] }), commitOf())).toBe(expected);
  });

  test('is found where the registry has a port', () => {
    const commit = commitOf();
    commit.data.subject.content.image = { repository: 'localhost:5000/checkout', tag: 'v1', digest };
    expect(showsImage(observationOf({ images: ['localhost:5000/checkout:v1'] }), commit)).toBe(true);
  });
});

describe('an observation speaks for a commit', () => {
  test.each([
    ['when it is synced to it and healthy', {}, true],
    ['when the sync began after it, at a later commit', { revisions: [foreign], begun: 30 }, true],
    [
      'when the later sync wanted its image, whatever old pods are there',
      { revisions: [foreign], wanted: [`${repository}:v1`], images: [`${repository}:v0`, `${repository}:v1`] },
      true,
    ],
    [
      'not when the later sync wanted another, and its own pod is the old one',
      { revisions: [foreign], wanted: [`${repository}:v2`], images: [`${repository}:v1`, `${repository}:v2`] },
      false,
    ],
    [
      'not when nobody tells which of two pods the later sync wanted',
      { revisions: [foreign], images: [`${repository}:v1`, `${repository}:v2`] },
      false,
    ],
    ['when old pods are still there', { images: [referenceOf('checkout', 'v0'), referenceOf('checkout', 'v1')] }, true],
    ['not when it is out of sync', { sync: 'OutOfSync' }, false],
    ['not while it progresses', { status: 'Progressing' }, false],
    ['not while the sync runs', { phase: 'Running' }, false],
    ['not when the sync failed', { phase: 'Failed' }, false],
    ['not when there was no sync', { begun: null }, false],
    ['not when only old pods are there', { images: [referenceOf('checkout', 'v0')] }, false],
    ['not when the sync began before it, at another commit', { revisions: [foreign], begun: -5 }, false],
  ])('%s', (_, options, expected) => {
    expect(satisfies(observationOf(options), commitOf())).toBe(expected);
  });

  test('an old one of the same image does not speak for the rollback to it', () => {
    const old = observationOf({ seconds: 60 });
    const rollback = commitOf({ revision: revisionOf('rollback'), seconds: 600 });
    expect(satisfies(old, rollback)).toBe(false);
    expect(satisfies(observationOf({ seconds: 700, begun: 610, revisions: [foreign] }), rollback)).toBe(true);
  });

  test('a commit that changed nothing needs a look and no sync', () => {
    const commit = commitOf({ changed: false, revision: revisionOf('head'), seconds: 300 });
    expect(satisfies(observationOf({ seconds: 60 }), commit)).toBe(false);
    expect(satisfies(observationOf({ seconds: 60, revisions: [revisionOf('head')] }), commit)).toBe(true);
    expect(satisfies(observationOf({ seconds: 310, revisions: [foreign] }), commit)).toBe(true);
  });
});

describe('a commit came by a sync', () => {
  const before = at(-100);
  test.each([
    ['that went to it', {}, {}, true],
    ['that took it along', { revisions: [foreign], deployments: [before] }, {}, true],
    ['whose own success is in the history already', { revisions: [foreign], deployments: [before, at(30)] }, {}, true],
    ['not when one before took it', { revisions: [foreign], deployments: [before, at(10)] }, {}, false],
    ['not when it began before it', { revisions: [foreign], begun: -1, deployments: [before] }, {}, false],
    ['not where no history tells', { revisions: [foreign] }, {}, false],
    [
      'not when it wanted another image, as one does that began earlier in the same second',
      { revisions: [foreign], begun: 0, deployments: [before], wanted: [`${repository}:v0`] },
      {},
      false,
    ],
    [
      'that began in the same second and wanted its image',
      { revisions: [foreign], begun: 0, deployments: [before], wanted: [`${repository}:v1`] },
      {},
      true,
    ],
    [
      'not when it began in the same second, and does not tell what it wants',
      { revisions: [foreign], begun: 0, deployments: [before], phase: 'Running' },
      {},
      false,
    ],
    ['not when it changed nothing', {}, { changed: false }, false],
    ['not when there was none', { begun: null }, {}, false],
  ])('%s', (_, observed, committed, expected) => {
    expect(cameBy(observationOf(observed), commitOf(committed))).toBe(expected);
  });
});

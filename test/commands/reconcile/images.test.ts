import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { Failure } from '#commands/failure.ts';
import { type ImagePlace, reconcileImages } from '#commands/reconcile/images.ts';
import { purlOf } from '#events/image.ts';
import { published } from '#functions/ecr-events/decide.ts';
import { imageActionSchema, isTagged } from '#functions/ecr-events/image-action.ts';
import { createLostImages } from '#shared/clients/lost-images.ts';
import { ecrRepositoryOf, imageActionOf, type PushedImage } from '#shared/reconciling/ecr.ts';
import { digestNamed } from '../../functions/ecr-events/actions.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
const checkout = ecrRepositoryOf('111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout')!;
const ledger = ecrRepositoryOf('111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/ledger')!;

const image = (tag: string, minutesAgo: number, repository = checkout): PushedImage => ({
  ...repository,
  tag,
  digest: digestNamed(tag),
  pushedAt: new Date(now - minutesAgo * 60_000).toISOString(),
});

/** What ecr-events tells of an image. */
const toldOf = (one: PushedImage) => {
  const action = imageActionSchema.parse(imageActionOf(one));
  if (!isTagged(action)) throw new Error('it has a tag');
  const order = { time: action.time, basis: 'registry' } as const;
  const chain = '6a9d1c52-0f0e-5b7c-8f43-5c3f4b2b7d11';
  return published(action, { chain, commit: undefined, push: undefined, order, firstSeen: undefined, services: [] });
};

const fakePlace = (images: readonly PushedImage[], logged: readonly PushedImage[] = []) => {
  const told: PushedImage[] = [];
  const place: ImagePlace = {
    pushed: async ({ repository }) => ({
      images: images.filter((one) => one.repository === repository),
      complete: true,
    }),
    about: async (subject) => logged.filter((one) => purlOf(one) === subject).map(toldOf),
    tell: async (one) => void told.push(one),
  };
  return { place, told };
};

const run = async (place: ImagePlace, { dryRun = false, repositories = [checkout] } = {}) => {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const session = { argv: [], env: {}, stdin: new PassThrough(), stdout, stderr };
  const code = await reconcileImages(repositories, { days: 3, dryRun, yes: true, now }, session, place);
  stdout.end();
  stderr.end();
  return { code, stdout: await text(stdout), stderr: await text(stderr) };
};

describe('reconciling images', () => {
  test('tells of those that no event has told of, and leaves those that may be on their way', async () => {
    const [lost, known, fresh] = [image('main-1', 300), image('main-2', 200), image('main-3', 5)];
    const { place, told } = fakePlace([lost, known, fresh], [known]);
    const looked = await run(place, { dryRun: true });
    expect(looked).toEqual({
      code: 0,
      stdout: `${checkout.repository}  main-1  ${lost.digest.slice(0, 19)}  pushed 5 h ago\n1 image would be told of. Nothing was done.\n`,
      stderr: '',
    });
    expect(told).toEqual([]);
    expect(await run(place)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/\necr-events tells of 1 image of 1\.\n$/),
    });
    expect(told).toEqual([lost]);
  });

  test('says so where none is missing', async () => {
    const one = image('main-1', 300);
    expect(await run(fakePlace([one], [one]).place)).toEqual({
      code: 0,
      stdout: 'No image of 1 of 1 repositories in ECR is missing.\n',
      stderr: '',
    });
  });

  test('goes on with the others where one can’t be looked at, and ends with 1', async () => {
    const { place, told } = fakePlace([image('main-1', 300, ledger)]);
    const broken: ImagePlace = {
      ...place,
      pushed: async (repository, since) => {
        if (repository === checkout) throw new Failure('RepositoryNotFoundException: there is none');
        return place.pushed(repository, since);
      },
    };
    const { code, stderr } = await run(broken, { repositories: [checkout, ledger] });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `${checkout.repository}: RepositoryNotFoundException: there is none\n`,
    });
    expect(told).toHaveLength(1);
  });

  test('is the same event for everybody who reconciles, of the repository that the configuration names', () => {
    for (const one of [image('main-1', 300), image('main-1', 300, ledger)]) {
      expect(imageActionOf(one)).toEqual(imageActionOf({ ...one }));
      expect(imageActionSchema.parse(imageActionOf(one))).toMatchObject({
        repository: one.repository,
        tag: one.tag,
        digest: one.digest,
        time: one.pushedAt,
        action: 'PUSH',
        succeeded: true,
      });
    }
    expect(imageActionOf(image('main-1', 300)).id).not.toBe(imageActionOf(image('main-2', 300)).id);
    expect(ecrRepositoryOf('ghcr.io/acme/checkout')).toBeUndefined();
  });

  test('reads all pages of a repository, and all tags of an image', async () => {
    const at = (minutesAgo: number) => new Date(now - minutesAgo * 60_000);
    const pages = [
      {
        imageDetails: [{ imageDigest: digestNamed('a'), imageTags: ['a', 'latest'], imagePushedAt: at(10) }],
        nextToken: '1',
      },
      { imageDetails: [{ imageDigest: digestNamed('b'), imageTags: ['b'], imagePushedAt: at(20) }], nextToken: '2' },
      { imageDetails: [{ imageDigest: digestNamed('old'), imageTags: ['old'], imagePushedAt: at(90) }, {}] },
    ];
    const asked: unknown[] = [];
    const send = async ({ input }: { input: { nextToken?: string } }) => {
      asked.push(input.nextToken);
      return pages[Number(input.nextToken ?? 0)];
    };
    // biome-ignore lint/suspicious/noExplicitAny: the client's overloads have no other type that a function could have.
    const client = { send } as any;
    const registries = createLostImages({ registryIn: () => client, lambda: client, stage: 'dev' });
    const { images, complete } = await registries.pushed(checkout, now - 60 * 60_000);
    expect(images.map(({ tag }) => tag)).toEqual(['b', 'a', 'latest']);
    expect({ complete, asked }).toEqual({ complete: true, asked: [undefined, '1', '2'] });
  });
});

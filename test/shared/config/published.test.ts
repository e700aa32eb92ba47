import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Cloud } from '#local/cloud.ts';
import { createReadPublished, publishedKey } from '#shared/clients/published-config.ts';
import type { ConfigSource } from '#shared/config/config.ts';
import { mostBytes } from '#shared/config/files.ts';
import { parseConfig } from '#shared/config/parse.ts';
import { createPublishedConfig, type Published } from '#shared/config/published.ts';
import { clientOf, startFixture } from '../../local/fixture/start-fixture.ts';

const filesOf = (version: string, content: unknown = {}) => ({
  version,
  platform: {
    file: 'fairlead.yaml',
    content: { gitops: { main: { repository: 'https://github.com/acme/gitops' } }, teams: {}, ...Object(content) },
  },
  services: [],
});

const textOf = (version: string, content?: unknown): string => JSON.stringify(filesOf(version, content));

const logger = new Logger({ serviceName: 'test' });
const metrics = new Metrics({ namespace: 'Test', serviceName: 'test' });

const spyOnRuntime = () => ({
  counted: vi.spyOn(metrics, 'addMetric').mockReturnThis(),
  errors: vi.spyOn(logger, 'error').mockReturnThis(),
  infos: vi.spyOn(logger, 'info').mockReturnThis(),
});

let now: number;
let published: Published | Error;
let asked: (string | undefined)[];
let spies: ReturnType<typeof spyOnRuntime>;
let source: ConfigSource;

beforeEach(() => {
  now = 0;
  published = 'nothing';
  asked = [];
  spies = spyOnRuntime();
  source = createPublishedConfig({
    read: async (seen) => {
      asked.push(seen);
      if (published instanceof Error) throw published;
      return typeof published === 'object' && published.etag === seen ? 'same' : published;
    },
    bundled: async () => parseConfig(filesOf('bundled'), 'dev'),
    stage: 'dev',
    runtime: { logger, metrics },
    now: () => now,
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

const version = async (): Promise<string> => (await source()).version;

const publish = (name: string, content?: unknown): void => {
  published = { etag: `"${name}"`, text: textOf(name, content) };
};

describe('a published configuration', () => {
  test('is what counts; the bundled one does where nothing was ever published', async () => {
    expect(await version()).toBe('bundled');
    publish('one');
    now += 60_000;
    expect(await version()).toBe('one');
  });

  test('is taken up within a minute, and looked at no more often, whatever happens', async () => {
    publish('one');
    expect(await version()).toBe('one');
    publish('two');
    for (; now < 59_999; now += 1000) expect(await version()).toBe('one');
    expect(asked).toEqual([undefined]);
    now = 60_000;
    expect(await version()).toBe('two');
    now = 120_000;
    expect(await version()).toBe('two');
    expect(asked).toEqual([undefined, '"one"', '"two"']);
  });

  test('is looked at once by many who ask at once, who all see the same', async () => {
    publish('one');
    const all = await Promise.all([source(), source(), source()]);
    expect(new Set(all).size).toBe(1);
    expect(asked).toHaveLength(1);
  });

  test('stays the object that a handler has, while it is replaced', async () => {
    publish('one');
    const held = await source();
    publish('two');
    now += 60_000;
    await source();
    expect(held.version).toBe('one');
  });

  test('is named by every line of the log after it, and by one line when it is taken up', async () => {
    const keys = vi.spyOn(logger, 'appendKeys');
    publish('one');
    await source();
    await source();
    expect(keys.mock.calls).toEqual([[{ config: 'one' }], [{ config: 'one' }]]);
    expect(spies.infos.mock.calls).toEqual([
      ['CONFIG_TAKEN', { version: 'one', from: 'published', services: 0, disabled: [] }],
    ]);
  });

  test('that is withdrawn leaves the one that was deployed', async () => {
    publish('one');
    await source();
    published = 'nothing';
    now += 60_000;
    expect(await version()).toBe('bundled');
  });
});

const wrongs: [string, () => void][] = [
  ['is wrong', () => publish('wrong', { gitops: 7 })],
  [
    'is no configuration',
    () => {
      published = { etag: '"x"', text: '<html>' };
    },
  ],
];

describe.each(wrongs)('one that %s', (_, goWrong) => {
  test('is not taken: the last good one stays, and a metric and a line say so as long as it is', async () => {
    publish('one');
    await source();
    goWrong();
    for (let minute = 1; minute <= 3; minute += 1) {
      now = minute * 60_000;
      expect(await version()).toBe('one');
      expect(await version()).toBe('one');
      expect(spies.counted.mock.calls).toHaveLength(minute);
    }
    expect(spies.counted).toHaveBeenCalledWith('ConfigNotTaken', 'Count', 1);
    expect(spies.errors).toHaveBeenCalledWith('CONFIG_NOT_TAKEN', { error: expect.any(Error), kept: 'one' });
    publish('two');
    now += 60_000;
    expect(await version()).toBe('two');
    now += 60_000;
    await source();
    expect(spies.counted.mock.calls).toHaveLength(3);
  });

  test('makes who never had a good one wait, rather than act by what somebody has replaced', async () => {
    goWrong();
    await expect(source()).rejects.toMatchObject({ name: 'Upstream' });
    await expect(source()).rejects.toMatchObject({ name: 'Upstream' });
    publish('two');
    expect(await version()).toBe('two');
  });
});

describe('S3 that is away', () => {
  test('leaves the last good one, and is asked again in ten seconds', async () => {
    publish('one');
    await source();
    published = new Error('away');
    now = 60_000;
    expect(await version()).toBe('one');
    now = 69_999;
    expect(await version()).toBe('one');
    expect(asked).toHaveLength(2);
    publish('two');
    now = 70_000;
    expect(await version()).toBe('two');
    expect(spies.counted.mock.calls).toEqual([['ConfigNotTaken', 'Count', 1]]);
  });

  test('makes who never had one wait', async () => {
    published = new Error('away');
    await expect(source()).rejects.toMatchObject({ name: 'Upstream' });
  });
});

describe('in S3', () => {
  let cloud: Cloud;
  let s3: S3Client;
  const Bucket = 'published-config';

  beforeAll(async () => {
    cloud = await startFixture();
    s3 = new S3Client(clientOf(cloud));
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
  });
  afterAll(() => cloud.close());
  beforeEach(() => s3.send(new DeleteObjectCommand({ Bucket, Key: publishedKey })).then(() => undefined));

  const put = (Body: string) => s3.send(new PutObjectCommand({ Bucket, Key: publishedKey, Body }));
  const read = (seen?: string) => createReadPublished(s3, Bucket)(seen, AbortSignal.timeout(5000));

  test('it is nothing, then a text, then the same to whoever has seen it, then another', async () => {
    expect(await read()).toBe('nothing');
    await put('one');
    const one = await read();
    expect(one).toEqual({ etag: expect.stringMatching(/^"\w+"$/), text: 'one' });
    const seen = typeof one === 'object' ? one.etag : '';
    expect(await read(seen)).toBe('same');
    await put('two');
    expect(await read(seen)).toMatchObject({ text: 'two' });
  });

  test('it is not read where it is too large', async () => {
    await put('x'.repeat(mostBytes + 1));
    await expect(read()).rejects.toMatchObject({
      name: 'Upstream',
      cause: { message: expect.stringContaining('4194305 bytes') },
    });
  });

  test('a bucket that is not there is a failure, and not a configuration that was never published', async () => {
    await expect(createReadPublished(s3, 'nobodys')(undefined, AbortSignal.timeout(5000))).rejects.toMatchObject({
      name: 'Upstream',
      message: 's3://nobodys/fairlead.json could not be read.',
    });
  });
});

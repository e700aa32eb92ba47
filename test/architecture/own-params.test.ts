import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const params = createRequire(import.meta.url)('../../operations/params.cjs');

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'params-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The params with a file of one's own, as `FAIRLEAD_PARAMS` names it. */
const withOwn = async (text: string): Promise<Record<string, Record<string, unknown>>> => {
  const file = join(folder, 'params.yml');
  await writeFile(file, text);
  return params({ resolveVariable: async () => file });
};

describe("a user's own params", () => {
  it('are none where no file is named', async () => {
    const { default: defaults, ...stages } = await params({ resolveVariable: async () => '' });
    expect(defaults).toMatchObject({ logLevel: 'INFO', burst: 100 });
    expect(stages).toEqual({});
  });

  it('stand over the defaults, each stage for itself, with the configuration found from where they lie', async () => {
    const { default: defaults, prod } = await withOwn(
      'default: { burst: 7 }\nprod: { config: acme/fairlead.yaml, requestsPerSecond: 9 }\n',
    );
    expect(defaults).toMatchObject({ logLevel: 'INFO', burst: 7 });
    expect(prod).toEqual({ config: join(folder, 'acme/fairlead.yaml'), requestsPerSecond: 9 });
  });

  it('are refused where nobody reads them', async () => {
    await expect(withOwn('prod: { confg: x }')).rejects.toThrow(
      /params\.yml: prod\.confg is no param. There are region, config/,
    );
    await expect(withOwn('burst: 7')).rejects.toThrow(/under the name of each stage/);
  });
});

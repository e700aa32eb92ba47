import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pushService } from '#local/delivery.ts';
import { type Fairlead, startFairlead } from '#local/fairlead.ts';
import { prove } from '#local/proof/prove.ts';
import { createWitness } from '#local/proof/witness.ts';
import { patience, seeds } from './trial.ts';

const root = join(import.meta.dirname, '../..');

/** The command, with the time at which it is called moved by so much: images are left alone for a quarter of an hour. */
const later = `const now = Date.now; Date.now = () => now() + 20 * 60 * 1000;`;

describe.skipIf(seeds.length === 0)('reconcile', () => {
  let fairlead: Fairlead;
  let losing = true;
  const lost: string[] = [];

  beforeAll(async () => {
    fairlead = await startFairlead({
      config: 'examples/acme/fairlead.yaml',
      stage: 'dev',
      standins: {
        pipelines: {
          faults: {
            loses: ({ Source, Detail }) => {
              if (Source !== 'aws.ecr' || !losing) return false;
              lost.push(Detail);
              return true;
            },
          },
        },
      },
    });
  });

  afterAll(() => fairlead?.close());

  const reconcile = async () => {
    const args = ['--stage', 'dev', '--config', fairlead.localConfig, '--only', 'images', '--yes'];
    const child = spawn(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(later)}`, join(root, 'commands/reconcile.ts'), ...args],
      {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env.PATH,
          AWS_ENDPOINT_URL: fairlead.cloud.endpoint,
          AWS_REGION: fairlead.cloud.model.region,
          AWS_ACCESS_KEY_ID: 'operator',
          AWS_SECRET_ACCESS_KEY: 'operator',
        },
      },
    );
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return { code, stdout, stderr };
  };

  test(
    'by two people at once brings an image to its end that ECR told nobody of, once',
    async () => {
      const witness = await createWitness(fairlead);
      const pushed = await pushService(fairlead.github.url, fairlead.config.services[0]!);
      await fairlead.idle();
      expect(lost.length).toBeGreaterThan(0);
      losing = false;

      const both = await Promise.all([reconcile(), reconcile()]);
      for (const said of both) {
        expect(said).toMatchObject({ code: 0, stderr: '' });
        expect(said.stdout).toMatch(/ecr-events tells of 1 image of 1\.\n$/);
      }
      await fairlead.idle();
      expect((await prove(fairlead, witness, [pushed])).failures).toEqual([]);
      expect(witness.contradictions).toEqual([]);

      const again = await reconcile();
      expect(again).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^No image of \d of \d repositories in ECR is missing\.\n$/),
      });
    },
    120_000 * patience,
  );
});

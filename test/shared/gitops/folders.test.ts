import { afterEach, describe, expect, it } from 'vitest';
import { intentOf, repositoryOf } from './standard.ts';
import { createWorld, type World } from './world.ts';

let world: World;

afterEach(() => world.end());

const image = repositoryOf('checkout');

const workload = (kind: string, tag: string): string =>
  `apiVersion: apps/v1\nkind: ${kind}\nspec: { template: { spec: { containers: [{ name: app, image: "${image}:${tag}" }] } } }\n`;

const intent = intentOf('main-1', 1, { edits: [{ path: 'plain' }] });

describe('a folder of manifests', () => {
  it('is read in one request, however many there are, and all that change are in one commit, diff and result', async () => {
    const others = Array.from({ length: 40 }, (_, at) => [`plain/config-${at}.yaml`, `a: ${at}\n`] as const);
    world = await createWorld({
      files: {
        'plain/deployment.yaml': workload('Deployment', 'main-0'),
        'plain/worker.yml': workload('StatefulSet', 'main-0'),
        'plain/deeper/deployment.yaml': workload('Deployment', 'main-0'),
        'plain/link.yaml': { link: 'deployment.yaml' },
        ...Object.fromEntries(others),
      },
    });
    const one = intentOf('main-1', 1, { environment: 'production' });
    await world.writer().write(world.repository, [one], AbortSignal.timeout(25_000));
    const forOneFile = world.asked();

    const [result] = await world.writer().write(world.repository, [intent], AbortSignal.timeout(25_000));
    expect(world.asked()).toEqual(forOneFile);
    expect(result).toMatchObject({
      outcome: 'committed',
      files: ['plain/deployment.yaml', 'plain/worker.yml'],
      previous: { tag: 'main-0' },
      diff: expect.stringMatching(/^--- a\/plain\/deployment\.yaml\n[\s\S]+\n--- a\/plain\/worker\.yml\n/),
    });
    expect(await world.read('plain/deployment.yaml')).toBe(workload('Deployment', 'main-1'));
    expect(await world.read('plain/worker.yml')).toBe(workload('StatefulSet', 'main-1'));
    expect(await world.read('plain/deeper/deployment.yaml')).toBe(workload('Deployment', 'main-0'));

    const [again] = await world.writer().write(world.repository, [intent], AbortSignal.timeout(25_000));
    expect(again).toEqual(result);
  });

  it('that holds more than one service could have is refused before it is read', async () => {
    const files = Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`plain/${at}.yaml`, 'a: 1\n']));
    world = await createWorld({ files });
    const [result] = await world.writer().write(world.repository, [intent], AbortSignal.timeout(25_000));
    expect(result).toEqual({
      outcome: 'refused',
      code: 'ambiguous',
      message: 'plain holds 201 manifests, more than the 200 that are read. Name the `file` that holds the image.',
    });
  });
});

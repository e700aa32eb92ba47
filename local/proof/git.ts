import * as z from 'zod';
import type { Environment } from '#shared/config/config.ts';
import type { Pushed } from '../delivery.ts';
import type { Fairlead } from '../fairlead.ts';
import { type Check, rollsBack, tagsOf, writes } from './check.ts';
import { readManifests } from './witness.ts';

/** In the manifests made here the tag stands in the line below the image's name. */
const withTag = (manifest: string, repository: string, tag: string): string =>
  manifest.replace(new RegExp(`(${repository.replaceAll('.', '\\.')}\\n *(?:newTag|tag): )\\S+`), `$1${tag}`);

/** Every manifest is what it was, but for the tags of these pushes. */
export const manifestsExact: Check = async (fairlead, witness, pushes) => {
  const expected = new Map(witness.before);
  for (const pushed of pushes) {
    const tags = tagsOf(witness, pushed);
    for (const { gitops, edits } of pushed.service.environments.filter(writes)) {
      for (const edit of edits) {
        const key = `${gitops}:${'path' in edit ? `${edit.path}/kustomization.yaml` : edit.file}`;
        const images =
          'path' in edit ? Object.values(pushed.service.images) : [pushed.service.images[edit.image] ?? ''];
        for (const repository of images) {
          expected.set(key, withTag(expected.get(key) ?? '', repository, tags.get(repository) ?? 'nothing'));
        }
      }
    }
  }
  const now = await readManifests(fairlead);
  return [...expected].flatMap(([key, text]) =>
    now.get(key) === text ? [] : [`${key} is not what it was but for the tags:\n${now.get(key)}\nand not\n${text}`],
  );
};

const lockSchema = z.object({
  targets: z.record(
    z.string(),
    z.object({
      current: z.object({ tag: z.string() }),
      newest: z.object({ tag: z.string() }),
      holds: z.array(z.object({ tag: z.string().optional() })),
      images: z.array(z.object({ event: z.string() })),
    }),
  ),
});

const readLock = async ({ gitops }: Fairlead, service: string, { name, gitops: repository }: Environment) => {
  const read = gitops.get(repository)?.read(`.fairlead/${service}/${name}.lock`);
  const text = (await read?.catch(() => undefined))?.toString('utf8');
  return { text, targets: lockSchema.safeParse(text && JSON.parse(text)).data?.targets ?? {} };
};

/** Every lock names the images of these pushes as current and newest. */
export const locksRight: Check = async (fairlead, witness, pushes) => {
  const wrong: string[] = [];
  for (const pushed of pushes) {
    const { name, images, environments } = pushed.service;
    const tags = tagsOf(witness, pushed);
    for (const environment of environments.filter(writes)) {
      const { targets, text } = await readLock(fairlead, name, environment);
      for (const [target, repository] of Object.entries(images)) {
        const lock = targets[target];
        const tag = tags.get(repository);
        const right =
          tag !== undefined && lock?.current.tag === tag && lock.newest.tag === tag && lock.holds.length === 0;
        const known = lock?.images.some(({ event }) => witness.events.some(({ id }) => id === event));
        if (!right || !known)
          wrong.push(
            `the lock of ${name}/${environment.name} does not say that ${target} is ${tag}: ${text ?? 'it is not there'}`,
          );
      }
    }
  }
  return wrong;
};

/** Where a bad image leaves by itself, one commit brought it and one took it away, and not a byte is left of it. */
export const restored =
  (good: readonly Pushed[]): Check =>
  async (fairlead, witness, pushes) => {
    const wrong: string[] = [];
    const now = await readManifests(fairlead);
    for (const [key, text] of witness.before) {
      if (now.get(key) !== text)
        wrong.push(`${key} is not what it was before the bad image:\n${now.get(key)}\nand not\n${text}`);
    }
    for (const pushed of pushes) {
      const { name, images, environments } = pushed.service;
      const before = good.find(({ service }) => service.name === name);
      const [bad, kept] = [tagsOf(witness, pushed), before ? tagsOf(witness, before) : new Map<string, string>()];
      for (const environment of environments.filter(rollsBack)) {
        const { targets, text } = await readLock(fairlead, name, environment);
        for (const [target, repository] of Object.entries(images)) {
          const lock = targets[target];
          const holdsBad = lock?.holds.length === 1 && lock.holds[0]?.tag === bad.get(repository);
          const right =
            lock?.current.tag === kept.get(repository) && lock?.newest.tag === bad.get(repository) && holdsBad;
          if (!right)
            wrong.push(
              `the lock of ${name}/${environment.name} does not hold ${bad.get(repository)} and keep ${kept.get(repository)}: ${text}`,
            );
        }
      }
    }
    return wrong;
  };

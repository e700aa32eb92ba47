import { applyEdit, readEdit } from '#shared/gitops/edits/edit.ts';
import type { Written } from '#shared/gitops/intent.ts';
import { Refused } from '#shared/gitops/refused.ts';
import { changedLines } from './changed-lines.ts';
import { next } from './next-image.ts';
import { folderOf, isBelow, nameOf, type Repository } from './repository.ts';
import type { SeenImage } from './seen-image.ts';

/** A chart's own values, and the key under which a file beside it would say otherwise. */
interface Default {
  readonly image: SeenImage;
  readonly folder: string;
  readonly key: string;
}

/** In an umbrella, a chart in `charts/<name>` takes what stands under that name. */
const defaultsOf = (image: SeenImage): Default[] => {
  if (nameOf(image.file) !== 'values.yaml') return [];
  const folder = folderOf(image.file);
  const [, umbrella = '', chart] = /^(?:(.*)\/)?charts\/([^/]+)$/.exec(folder) ?? [];
  const own = { image, folder, key: image.key };
  return chart === undefined ? [own] : [own, { image, folder: umbrella, key: `${chart}.${image.key}` }];
};

const isValues = (file: string, folder: string): boolean => {
  const below = folder === '' ? file : file.slice(folder.length + 1);
  return (
    /\.ya?ml$/.test(below) &&
    below.split('/').length <= 3 &&
    !/^(templates|charts|crds|ci)\//.test(below) &&
    !/(^|\/)(Chart|kustomization)\.ya?ml$/.test(below)
  );
};

const readPlace = (file: string, { key, image }: Default, { snapshot }: Repository) => {
  const edit = { file, key };
  try {
    const { written } = readEdit(edit, image.repository, snapshot);
    const changed = applyEdit(edit, { image: { ...next, repository: image.repository }, pin: false }, snapshot);
    const lines = changed.flatMap(({ path, content }) => changedLines(path, snapshot.contents.get(path), content));
    return { written, line: lines[0]?.line ?? 1 } satisfies { written: Written; line: number };
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
};

/**
 * The places that say a tag alone, in values files beside a chart whose `values.yaml` names the image; and which of the
 * chart's own values are mere defaults, since a file beside them says otherwise.
 */
export const inheritedIn = (
  images: readonly SeenImage[],
  repository: Repository,
  valuesBeside: (folder: string) => readonly string[],
) => {
  const { contents, entries } = repository.snapshot;
  const seen = new Set(images.map(({ file, key }) => `${file}\0${key}`));
  const candidates = [...contents].flatMap(([path, content]) => (content.includes('tag') ? [path] : []));
  const inherited: SeenImage[] = [];
  /** By chart: which of its values files say otherwise of which image. */
  const charts = new Map<string, Map<SeenImage, Set<string>>>();
  const says = (file: string, { folder, image }: Default): void => {
    const images = charts.get(folder) ?? new Map<SeenImage, Set<string>>();
    charts.set(folder, images.set(image, (images.get(image) ?? new Set()).add(file)));
  };
  for (const one of images.flatMap(defaultsOf)) {
    const isChart = entries.has(one.folder === '' ? 'Chart.yaml' : `${one.folder}/Chart.yaml`);
    const below = candidates.filter((file) => isChart && isBelow(file, one.folder) && isValues(file, one.folder));
    for (const file of new Set([...below, ...valuesBeside(one.folder)])) {
      if (file === one.image.file) continue;
      if (seen.has(`${file}\0${one.key}`)) says(file, one);
      else {
        const place = readPlace(file, one, repository);
        if (place === undefined) continue;
        says(file, one);
        seen.add(`${file}\0${one.key}`);
        inherited.push({ ...one.image, ...place, file, key: one.key, refused: undefined });
      }
    }
  }
  // An image of which one of these files says nothing runs as the chart has it.
  const defaults = [...charts.values()].flatMap((images) => {
    const files = new Set([...images.values()].flatMap((some) => [...some]));
    return [...images].flatMap(([image, some]) => (some.size === files.size ? [image] : []));
  });
  return { inherited, defaults: new Set(defaults) };
};

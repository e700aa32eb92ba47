import { Document, isMap, parseDocument } from 'yaml';
import type { Environment, Service } from '#shared/config/config.ts';
import { parseKey } from '#shared/gitops/edits/key-path.ts';

/** What runs before Fairlead's first commit. */
const baselineTag = 'main-0000000';

type Files = Record<string, string>;

const kustomization = (path: string): Document => {
  const document = new Document({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: ['deployment.yaml'],
    images: [],
  });
  document.commentBefore = ` ${path.split('/').at(-1)}: what runs here is decided by the tags below.`;
  return document;
};

const deployment = (names: readonly string[]): string =>
  new Document({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: names[0]?.split('/').at(-1) ?? 'app' },
    spec: { template: { spec: { containers: names.map((image) => ({ name: image.split('/').at(-1), image })) } } },
  }).toString();

const putKustomization = (files: Files, path: string, images: readonly string[]): void => {
  const file = `${path}/kustomization.yaml`;
  const document = files[file] === undefined ? kustomization(path) : parseDocument(files[file]);
  for (const name of images) document.addIn(['images'], document.createNode({ name, newTag: baselineTag }));
  files[file] = document.toString();
  files[`${path}/deployment.yaml`] = deployment(images);
};

const putValue = (files: Files, file: string, key: string, repository: string): void => {
  const document = files[file] === undefined ? new Document({}) : parseDocument(files[file]);
  const path = parseKey(key);
  // A key that ends in `tag` is the tag itself, as Helm's charts have it; else it holds repository and tag.
  if (path.at(-1) === 'tag') {
    document.setIn([...path.slice(0, -1), 'repository'], repository);
    document.setIn(path, baselineTag);
  } else document.setIn(path, document.createNode({ repository, tag: baselineTag }));
  if (isMap(document.contents) && !document.commentBefore)
    document.commentBefore = ' Values of the umbrella chart, all services in one file.';
  files[file] = document.toString();
};

/** A GitOps repository in which every edit that the configuration names has its place. */
export const manifestsFor = (services: readonly Service[], environments: readonly Environment[]): Files => {
  const files: Files = { 'README.md': '# What runs where\n\nArgo CD deploys from here.\n' };
  for (const { service, edits } of environments) {
    const images = services.find(({ name }) => name === service)?.images ?? {};
    for (const edit of edits) {
      if ('path' in edit) putKustomization(files, edit.path, Object.values(images));
      else putValue(files, edit.file, edit.key ?? edit.image, images[edit.image] ?? edit.image);
    }
  }
  return files;
};

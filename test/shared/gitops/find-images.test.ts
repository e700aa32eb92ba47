import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEdit } from '#shared/gitops/edits/edit.ts';
import { findImages } from '#shared/gitops/edits/find-images.ts';
import { type FoundImage, orRefused } from '#shared/gitops/edits/found-image.ts';
import { Refused } from '#shared/gitops/refused.ts';

const golden = join(import.meta.dirname, 'golden');

const told = ({ format, line, key, repositories, written, policy }: FoundImage) => ({
  format,
  line,
  key,
  name: repositories[0],
  ...written,
  ...(policy !== undefined && { policy }),
});

const find = (path: string, lines: readonly string[]) => findImages(path, Buffer.from(lines.join('\n'))).map(told);

describe('every image of a file', () => {
  it('is found in manifests, with its line and the key that names it', () => {
    const file = [
      'kind: List',
      'apiVersion: v1',
      'items:',
      '- {apiVersion: v1, kind: Pod, spec: {containers: [{image: "a/web:1"}], initContainers: [{image: nginx}]}}',
      '---',
      'apiVersion: argoproj.io/v1alpha1',
      'kind: Application',
      'spec:',
      '  source:',
      '    kustomize: { images: ["web=a/web:2@sha256:0"] }',
      '    helm:',
      '      values: |',
      '        # inside',
      '        x.y: { image: a/job:3 }',
    ];
    expect(find('all.yaml', file)).toEqual([
      { format: 'manifest', line: 4, key: 'items[0].spec.containers[0].image', name: 'a/web', tag: '1' },
      { format: 'manifest', line: 4, key: 'items[0].spec.initContainers[0].image', name: 'nginx' },
      { format: 'helm', line: 14, key: 'spec.source.helm.values.x\\.y.image', name: 'a/job', tag: '3' },
      {
        format: 'argocd',
        line: 10,
        key: 'spec.source.kustomize.images[0]',
        name: 'a/web',
        tag: '2',
        digest: 'sha256:0',
      },
    ]);
  });

  it('is found in values and kustomizations, also by a marker alone', () => {
    expect(find('values.yaml', ['a: { repository: r, registry: x.y, tag: 1.20 }', 'b: [{ image: c/d:1 }]'])).toEqual([
      { format: 'helm', line: 1, key: 'a', name: 'x.y/r', tag: '1.20' },
      { format: 'helm', line: 2, key: 'b[0].image', name: 'c/d', tag: '1' },
    ]);
    expect(find('values.yaml', ['version: 1 # {"$imagepolicy": "a:b:tag"}'])).toEqual([
      { format: 'marker', line: 1, key: 'version', name: undefined, tag: '1', policy: 'a:b' },
    ]);
    expect(find('x/kustomization.yaml', ['images:', '- name: a', '  newName: b', '  newTag: c'])).toEqual([
      { format: 'kustomize', line: 2, key: 'images[0]', name: 'b', tag: 'c' },
    ]);
  });

  it('tells why a place can not be edited, instead of leaving it out', () => {
    const content = Buffer.from('web: { image: "a/b:{{ .tag }}" }\njob: { image: "{{ .image }}:1" }\n');
    const found = findImages('values.yaml', content);
    expect(found.map(({ repositories }) => repositories)).toEqual([['a/b'], []]);
    for (const { spot } of found) expect(spot).toMatchObject({ code: 'template' });
  });

  const files = readdirSync(golden).flatMap((name) =>
    readdirSync(join(golden, name, 'before'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ya?ml|json)$|^Kustomization$/.test(entry.name))
      .map(({ parentPath, name: file }) => join(parentPath, file)),
  );

  it('can be named by its key in a configuration, in every layout that is proven', () => {
    let places = 0;
    for (const file of files) {
      const content = readFileSync(file);
      const found = orRefused(() => findImages(file.slice(golden.length + 1), content));
      if (found instanceof Refused) continue;
      for (const { key, path, repositories, written, spot } of found) {
        if (spot instanceof Refused) continue;
        places += 1;
        const entries = new Map([[path, { mode: '100644', id: path }]]);
        const snapshot = { entries, contents: new Map([[path, content]]) };
        const read = orRefused(() => readEdit({ file: path, key }, repositories[0] ?? '', snapshot));
        if (read instanceof Refused) expect(read.message).toContain('several documents have');
        else expect({ file, key, written: read.written }).toEqual({ file, key, written });
      }
    }
    expect(places).toBeGreaterThan(150);
  });
});

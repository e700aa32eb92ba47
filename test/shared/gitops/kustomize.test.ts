import { describe, expect, it } from 'vitest';
import { applyEdit, readEdit } from '#shared/gitops/edits/edit.ts';
import { Refused } from '#shared/gitops/refused.ts';
import type { Snapshot } from '#shared/gitops/snapshot.ts';
import { digest, repositoryOf } from './standard.ts';

const repository = repositoryOf('checkout');
const image = { repository, tag: 'main-2', digest: digest('two') };
const old = digest('one');

const snapshotOf = (files: Record<string, string | Buffer>, modes: Record<string, string> = {}): Snapshot => ({
  entries: new Map(
    Object.keys({ ...files, ...modes }).map((path) => [path, { mode: modes[path] ?? '100644', id: path }]),
  ),
  contents: new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)])),
});

const file = 'apps/checkout/kustomization.yaml';

const edit = (content: string | Buffer, { pin = false, tag = image.tag } = {}): string =>
  applyEdit(
    { path: 'apps/checkout' },
    { image: { ...image, tag }, pin },
    snapshotOf({ [file]: content }),
  )[0]!.content.toString();

const refusal = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof Refused) return `${error.code} ${error.message}`;
    throw error;
  }
  throw new Error('it was not refused');
};

const images = (...entries: string[]): string => `images:\n${entries.join('\n')}\n`;

describe('an entry of `images`', () => {
  it('is found by name, and by newName', () => {
    expect(edit(images(`- name: ${repository}`, '  newTag: main-1'))).toBe(
      images(`- name: ${repository}`, '  newTag: main-2'),
    );
    expect(edit(images('- name: checkout', `  newName: ${repository}`, '  newTag: main-1'))).toBe(
      images('- name: checkout', `  newName: ${repository}`, '  newTag: main-2'),
    );
  });

  it('gets its digest refreshed, for a stale one would win silently', () => {
    const both = (tag: string, id: string) => images(`- name: ${repository}`, `  newTag: ${tag}`, `  digest: ${id}`);
    expect(edit(both('main-1', old))).toBe(both('main-2', image.digest));
    const first = (tag: string, id: string) =>
      images(`- digest: "${id}"`, `  name: ${repository}`, `  newTag: '${tag}'`);
    expect(edit(first('main-1', old))).toBe(first('main-2', image.digest));
    const alone = (id: string) => images(`- name: ${repository}`, `  digest: ${id}`);
    expect(edit(alone(old))).toBe(alone(image.digest));
  });

  it('is pinned beside its tag where no digest stands yet, and stays pinned', () => {
    const entry = (tag: string) => images(`- name: ${repository}`, `  newTag: ${tag}`);
    expect(edit(entry('main-1'), { pin: true })).toBe(entry(`main-2@${image.digest}`));
    expect(edit(entry(`main-1@${old}`))).toBe(entry(`main-2@${image.digest}`));
  });

  it('leaves every other byte alone', () => {
    const before = [
      '\ufeff# Ünïcode, and a byte order mark',
      'apiVersion: kustomize.config.k8s.io/v1beta1',
      'kind: Component',
      '',
      'x-größe:   &anchor { a: 1,b:   [1,  2] }',
      'x-again: *anchor',
      'images:',
      '    # the next one is not ours',
      `    - {name: ${repository}-worker, newTag: "main-1"}   `,
      `    -   newTag:    'main-1'    # trailing, aligned`,
      `        name:      ${repository} # ours`,
      '',
      'patches:',
      '  - patch: |-',
      '      newTag: main-1',
      '',
      '---',
      'second: document',
    ];
    for (const end of ['\n', '\r\n']) {
      const text = before.join(end);
      expect(edit(text)).toBe(text.replace(`'main-1'    # trailing`, `'main-2'    # trailing`));
    }
  });

  it.each(['1.20', '12345e7', '0777', 'on', 'null', '1_000', '0x1', '2024-01-01', 'No', 'y', '0o7', '0b1', '08'])(
    'gets quotes for the tag %s, which YAML would not read as a string',
    (tag) => {
      const entry = (value: string) => images(`- name: ${repository}`, `  newTag: ${value} # tag`);
      expect(edit(entry('main-1'), { tag })).toBe(entry(`"${tag}"`));
      expect(edit(entry("'main-1'"), { tag })).toBe(entry(`'${tag}'`));
    },
  );

  it('needs no quotes for a tag that is a string, and loses none', () => {
    const entry = (value: string) => images(`- {newTag: ${value}, name: ${repository}}`);
    for (const tag of ['v1.2.3', '1.2.3', 'main-3f2a', '1.2.3-rc.1', '_1', '20240101-1']) {
      expect(edit(entry('1.19'), { tag })).toBe(entry(tag));
      expect(edit(entry('"1.19"'), { tag })).toBe(entry(`"${tag}"`));
    }
  });

  it('is read as text, also where YAML reads a number', () => {
    const snapshot = snapshotOf({ [file]: images(`- name: ${repository}`, '  newTag: 1.20') });
    expect(readEdit({ path: 'apps/checkout' }, repository, snapshot).written).toMatchObject({ tag: '1.20' });
  });
});

describe('what is not exactly one place', () => {
  it.each([
    ['no images', 'kind: Kustomization\n', `no-entry ${file}:1: no entry`],
    ['another image', `\nimages:\n- name: other\n  newTag: x\n`, `no-entry ${file}:3: no entry of \`images\` has`],
    [
      'two entries',
      images(`- name: ${repository}`, '  newTag: a', `- name: ${repository}`, '  newTag: b'),
      `ambiguous ${file}:2, ${file}:4: 2 entries`,
    ],
    ['neither tag nor digest', images(`- name: ${repository}`), `no-tag ${file}:2: the entry for`],
    ['an empty tag', images(`- name: ${repository}`, '  newTag:'), `no-tag ${file}:2`],
    ['a template', images(`- name: ${repository}`, '  newTag: {{ .Values.tag }}'), `template ${file}:3`],
    ['a quoted template', images(`- name: ${repository}`, "  newTag: '{{ tag }}'"), `template ${file}:3`],
    ['a template that is no YAML', `images:\n{{- range }}\n- name: x\n{{ end }}\n`, `template ${file}:2`],
    ['no YAML', `images:\n- name: "x\n  newTag: [\n`, `not-yaml ${file}:`],
    ['duplicate keys', `images:\n- name: ${repository}\n  newTag: a\n  newTag: b\n`, `not-yaml ${file}:4`],
    [
      "an alias to another image's tag",
      `images:\n- name: other\n  newTag: &t main-1\n- name: ${repository}\n  newTag: *t\n`,
      `shared-value ${file}:3: the value also serves the image other (${file}:2)`,
    ],
    [
      'an anchor that a merge key shares',
      `images:\n- &e\n  name: ${repository}\n  newTag: main-1\n- <<: *e\n  name: b\n`,
      `shared-value ${file}:4`,
    ],
    ['two lines', images(`- name: ${repository}`, '  newTag: |-', '    main-1', '    x'), `not-a-scalar ${file}:3`],
    ['a mapping', images(`- name: ${repository}`, '  newTag: {a: b}'), `not-a-scalar ${file}:3`],
    ['nothing at all', '', `no-entry ${file}:1`],
  ])('is refused: %s', (_name, content, expected) => {
    expect(refusal(() => edit(content))).toContain(expected);
  });

  it('is refused: bytes that are not UTF-8', () => {
    expect(refusal(() => edit(Buffer.from([0x69, 0xff, 0xfe])))).toContain(`not-text ${file} is not UTF-8`);
  });

  it('is edited where only unrelated anchors and merge keys are in the file', () => {
    const content = `x: &a {k: 1}\ny: {<<: *a}\n${images(`- name: ${repository}`, '  newTag: &mine main-1')}`;
    expect(edit(content)).toBe(content.replace('main-1', 'main-2'));
  });
});

describe('a value that others share', () => {
  it.each([
    ['an alias', `x: &t <main-1>\nimages:\n- name: ${repository}\n  newTag: *t\n`],
    ['an anchor', `images:\n- name: ${repository}\n  newTag: &t <main-1>\nx: *t\n`],
    [
      'two entries of one tag',
      `images:\n- name: a\n  newName: ${repository}\n  newTag: &t <main-1>\n- name: b\n  newName: ${repository}\n  newTag: *t\n`,
    ],
    ['a block', images(`- name: ${repository}`, '  newTag: |- # block', '    <main-1>')],
  ])('is changed once, where it is written: %s', (_name, marked) => {
    expect(edit(marked.replace(/<(.*)>/, '$1'))).toBe(marked.replace(/<.*>/, 'main-2'));
  });
});

describe('the file in the folder', () => {
  const content = images(`- name: ${repository}`, '  newTag: main-1');
  const inFolder = (snapshot: Snapshot, path = 'apps/checkout') =>
    applyEdit({ path }, { image, pin: false }, snapshot)[0]!.path;

  it('has one of three names', () => {
    for (const name of ['kustomization.yaml', 'kustomization.yml', 'Kustomization'])
      expect(inFolder(snapshotOf({ [`apps/checkout/${name}`]: content }))).toBe(`apps/checkout/${name}`);
    expect(inFolder(snapshotOf({ 'kustomization.yml': content }), '.')).toBe('kustomization.yml');
    expect(inFolder(snapshotOf({ [file]: content }), './apps/checkout/')).toBe(file);
  });

  it('is refused when it is missing, or when there are two', () => {
    expect(refusal(() => inFolder(snapshotOf({})))).toContain('no-file apps/checkout holds no kustomization.yaml');
    const two = snapshotOf({ [file]: content, 'apps/checkout/Kustomization': content });
    expect(refusal(() => inFolder(two))).toContain('ambiguous apps/checkout/kustomization.yaml and');
  });

  it('is refused behind a symbolic link or in a submodule', () => {
    expect(refusal(() => inFolder(snapshotOf({}, { [file]: '120000' })))).toContain(`symbolic-link ${file} is a symb`);
    expect(refusal(() => inFolder(snapshotOf({}, { apps: '120000' })))).toContain('symbolic-link apps is a symbolic');
    expect(refusal(() => inFolder(snapshotOf({}, { 'apps/checkout': '160000' })))).toContain('is a submodule');
    expect(refusal(() => inFolder(snapshotOf({}, { [file]: '040000' })))).toContain('no-file');
  });

  it.each(['../x', 'a/../../x', '/etc', 'a//b', 'a\\b', '.git', 'a/.GIT/hooks', 'a\nb', 'a/\u0000'])(
    'never leaves the repository: %j',
    (path) => {
      expect(refusal(() => inFolder(snapshotOf({}), path))).toContain('unsafe-path');
      const byName = () => applyEdit({ file: path, key: 'a' }, { image, pin: false }, snapshotOf({}));
      expect(refusal(byName)).toContain('unsafe-path');
    },
  );
});

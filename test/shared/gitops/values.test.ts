import { describe, expect, it } from 'vitest';
import { applyEdit } from '#shared/gitops/edits/edit.ts';
import { parseKey } from '#shared/gitops/edits/key-path.ts';
import { Refused } from '#shared/gitops/refused.ts';
import { digest, repositoryOf } from './standard.ts';

const repository = repositoryOf('ledger');
const image = { repository, tag: 'main-2', digest: digest('two') };
const old = digest('one');
const file = 'platform/values-prod.yaml';

const edit = (key: string, content: string, { pin = false, tag = image.tag } = {}): string =>
  applyEdit(
    { file, key },
    { image: { ...image, tag }, pin },
    { entries: new Map([[file, { mode: '100644', id: 'x' }]]), contents: new Map([[file, Buffer.from(content)]]) },
  )[0]!.content.toString();

const refusal = (key: string, content: string): string => {
  try {
    edit(key, content);
  } catch (error) {
    if (error instanceof Refused) return `${error.code} ${error.message}`;
    throw error;
  }
  throw new Error('it was not refused');
};

describe('a key of a values file', () => {
  it.each([
    ['a mapping', 'ledger.image', `ledger:\n  image:\n    repository: ${repository}\n    tag: <main-1>\n`],
    [
      'a mapping with a registry',
      'image',
      `image: {registry: 111122223333.dkr.ecr.eu-west-1.amazonaws.com, repository: ledger, tag: <main-1>}\n`,
    ],
    ['a mapping whose registry is elsewhere', 'image', `image:\n  repository: ledger\n  tag: <main-1>\n`],
    ['a mapping with a tag alone', 'image', 'image:\n  pullPolicy: Always\n  tag: <main-1>\n'],
    ['an empty tag in quotes', 'image', `image:\n  repository: ${repository}\n  tag: "<>"\n`],
    ['an empty digest', 'image', `image:\n  repository: ${repository}\n  tag: <main-1>\n  digest: ""\n`],
    ['a digest without a value', 'image', `image:\n  repository: ${repository}\n  tag: <main-1>\n  digest:\n`],
    ['a whole reference', 'ledger.image', `ledger:\n  image: ${repository}:<main-1> # here\n`],
    ['a reference in quotes', 'ledger.image', `ledger:\n  image: '${repository}:<main-1>'\n`],
    ['a short reference', 'ledger.image', 'ledger: {image: "ledger:<main-1>"}\n'],
    ['a tag', 'ledger.image.tag', 'ledger:\n  image:\n    tag: <main-1>'],
    ['a list', 'apps[1].image', `apps:\n- image: x/y:1\n- name: b\n  image: ${repository}:<main-1>\n`],
    ['a list in a list', 'a[0][1]', 'a:\n- [x, <main-1>]\n'],
    ['dots in a key', 'images.acme\\.dev/ledger.tag', 'images:\n  acme.dev/ledger: {tag: <main-1>}\n'],
    ['a number as a key', 'ports.8080', 'ports:\n  8080: <main-1>\n'],
    ['a non-ASCII key', 'größe.täg', '# ✓\ngröße:\n  täg: <main-1> # ünchanged\n'],
    ['CRLF', 'a.tag', '# one\r\na:\r\n  tag: <main-1>\r\n\r\nb: 2'],
    ['the second document', 'b.tag', 'a: 1\n---\nb:\n  tag: <main-1>\n...\n'],
    ['JSON', 'ledger.tag', '{\n\t"ledger": {"tag": "<main-1>", "replicas": 2}\n}\n'],
    ['a tagged scalar', 'tag', 'tag: !!str <main-1>\n'],
    ['an anchor of its own', 'tag', 'tag: &t   <main-1>\n'],
    ['an alias on the way', 'b.tag', 'a: &a {tag: <x>}\nb: *a\n'],
    ['an alias at the end', 'b', 'a: &a <x>\nb: *a\n'],
    ['what comes by a merge key', 'b.tag', 'a: &a {tag: <x>}\nb:\n  <<: *a\n'],
    ['what a merge key takes elsewhere', 'a.tag', 'a: &a {tag: <x>}\nb:\n  <<: *a\n'],
  ])('is changed in its value alone: %s', (_name, key, marked) => {
    const before = marked.replace(/<(.*)>/, '$1');
    expect(edit(key, before)).toBe(marked.replace(/<.*>/, 'main-2'));
  });

  it('keeps a pinned image pinned, and pins where that is wanted', () => {
    const reference = (tail: string) => `image: ${repository}:${tail}\n`;
    expect(edit('image', reference(`main-1@${old}`))).toBe(reference(`main-2@${image.digest}`));
    expect(edit('image', reference('main-1'), { pin: true })).toBe(reference(`main-2@${image.digest}`));
    expect(edit('image', `image: ${repository}@${old}\n`)).toBe(`image: ${repository}@${image.digest}\n`);
    const mapping = (tag: string, id: string) => `image:\n  tag: ${tag}\n  digest: "${id}"\n`;
    expect(edit('image', mapping('main-1', old))).toBe(mapping('main-2', image.digest));
    expect(edit('image', mapping('main-1', ''), { pin: true })).toBe(mapping('main-2', image.digest));
    expect(edit('tag', 'tag: main-1\n', { pin: true })).toBe(`tag: main-2@${image.digest}\n`);
  });

  it('quotes a tag that would be read as a number, but no reference that holds it', () => {
    expect(edit('tag', 'tag: 1.19\n', { tag: '1.20' })).toBe('tag: "1.20"\n');
    expect(edit('image', `image: ${repository}:1.19\n`, { tag: '1.20' })).toBe(`image: ${repository}:1.20\n`);
  });
});

describe('what is not exactly one place', () => {
  it.each([
    [
      'a typo',
      'ledger.imgae',
      `ledger:\n  image: {tag: x}\n`,
      `no-key ${file}:2: there is no \`imgae\` of \`ledger.imgae\` here, but image`,
    ],
    ['a list that is too short', 'a[3]', 'a: [x]\n', `no-key ${file}:1`],
    ['a way through a scalar', 'a.b.c', 'a:\n  b: 1\n', `no-key ${file}:2`],
    ['an empty file', 'a', '', `no-key ${file}:1 is empty`],
    ['a key that can not be read', 'a..b', 'a: 1\n', 'no-key The key "a..b" can\'t be read from character 2'],
    [
      'another image',
      'image',
      `image:\n  repository: acme/other\n  tag: x\n`,
      `other-image ${file}:2: this is the image acme/other`,
    ],
    ['another reference', 'image', 'image: nginx:1.27\n', `other-image ${file}:1: this is the image nginx, not`],
    ['a reference without a tag', 'image', `image: ${repository}\n`, `no-tag ${file}:1`],
    ['a mapping without a tag', 'image', `image:\n  repository: ${repository}\n`, `no-tag ${file}:2`],
    ['a tag without a value', 'image', `image:\n  repository: ${repository}\n  tag:\n`, `no-tag ${file}:2`],
    ['two documents', 'a.tag', 'a: {tag: x}\n---\na: {tag: y}\n', `ambiguous ${file}:1, ${file}:3`],
    [
      'an alias on the way to another image',
      'b.tag',
      'a: &a {tag: x}\nb: *a\nc: {<<: *a, repository: acme/other}\n',
      `shared-value ${file}:1: the value also serves the image acme/other (${file}:3)`,
    ],
    [
      'a merge key below what it would replace',
      'b.tag',
      'a: &a {tag: x}\nb:\n  tag: y\n  <<: *a\n',
      `ambiguous ${file}:3`,
    ],
    ['a list', 'a', 'a: [1]\n', `not-a-scalar ${file}:1`],
    ['a template', 'a', 'a: {{ .Values.x }}\n', `template ${file}:1`],
    [
      'brackets without end',
      'a',
      `a: 1\nb: ${'['.repeat(5000)}${']'.repeat(5000)}\n`,
      `not-yaml ${file}:2 is not YAML: it is nested`,
    ],
    [
      'merges of merges',
      'm149.tag',
      `m0: &m0 {tag: x}\n${Array.from({ length: 149 }, (_, at) => `m${at + 1}: &m${at + 1} {<<: [*m${at}, *m0]}\n`).join('')}`,
      `not-yaml ${file}:`,
    ],
    [
      'two merge keys that bring the same',
      'c.tag',
      'a: &a {tag: x}\nb: &b {tag: y}\nc:\n  <<: *a\n  <<: *b\n',
      `ambiguous ${file}:1: a merge key (<<) further down brings another \`tag\` (${file}:2)`,
    ],
    [
      'a merge key without a mapping',
      'a',
      'a: 1\nb:\n  <<: [x]\n',
      `not-yaml ${file}:3 is not YAML: a merge key (<<) wants`,
    ],
    ['an alias to nothing', 'a', 'a: 1\nb: *nothing\n', `not-yaml ${file}:2 is not YAML: no anchor &nothing`],
  ])('is refused: %s', (_name, key, content, expected) => {
    expect(refusal(key, content)).toContain(expected);
  });
});

describe('a dotted key', () => {
  it('has indexes, and dots and brackets behind a backslash', () => {
    expect(parseKey('a.b[0][12].c')).toEqual(['a', 'b', 0, 12, 'c']);
    expect(parseKey('a\\.b.c\\[0\\]')).toEqual(['a.b', 'c[0]']);
    expect(parseKey('acme/x-y_z')).toEqual(['acme/x-y_z']);
  });

  it.each(['', '.', 'a.', '.a', 'a..b', 'a[', 'a[x]', 'a]b', 'a\\'])(
    'is refused when it can not be read: %j',
    (key) => {
      expect(() => parseKey(key)).toThrow(Refused);
    },
  );
});

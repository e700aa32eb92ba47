import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdit } from '#shared/gitops/edits/edit.ts';
import { runs } from '../../runs.ts';
import { digest, repositoryOf } from './standard.ts';

const repository = repositoryOf('checkout');
const image = { repository, tag: 'main-2', digest: digest('two') };

/** Around the bytes that are to change. */
const marked = (text: string): string => `\ue000${text}\ue001`;
const present = (text: string): string => text.replaceAll(/[\ue000\ue001]/g, '');
const wanted = (text: string): string => text.replaceAll(/\ue000[^\ue001]*\ue001/g, image.tag);

const edited = (path: string, content: string): string => {
  const snapshot = {
    entries: new Map([[path, { mode: '100644', id: path }]]),
    contents: new Map([[path, Buffer.from(content)]]),
  };
  return applyEdit({ file: path }, { image, pin: false }, snapshot)[0]?.content.toString() ?? content;
};

const ours = marked('main-1');
const comment = fc.constantFrom('', ' # what runs', `   # ${repository}:main-1`, ' # "quoted\' {{ no template }}');
const reference = fc
  .tuple(fc.constantFrom('', '"', "'"), comment)
  .map(([quote, said]) => `${quote}${repository}:${ours}${quote}${said}`);
const other = fc.constantFrom(
  `${repository}-worker:main-1`,
  'nginx',
  '"docker.io/library/redis:7"',
  `other.example/${repository}:main-1`,
  "'localhost:5000/checkout@sha256:00'",
);
const noise = fc.constantFrom(
  '',
  '# alone',
  'args: ["--image", "x:main-1"]',
  `note: "${repository}:main-1"`,
  'on: 1.20',
);

/** A container's lines, with ours, or another's image among them. */
const container = (value: fc.Arbitrary<string>) =>
  fc
    .tuple(
      value,
      noise,
      noise.map((line) => line.replace(/^([a-z]+):/, '$1-too:')),
    )
    .map(([name, first, last]) => [`image: ${name}`, first, last].filter((line) => line !== ''));

const item = (lines: readonly string[], indent: string): string =>
  ['- name: c', ...lines.map((line) => `  ${line}`)].map((line) => indent + line).join('\n');

const list = fc
  .tuple(
    fc.array(container(other), { maxLength: 2 }),
    fc.array(container(reference), { minLength: 1, maxLength: 2 }),
    fc.constantFrom('containers', 'initContainers', 'ephemeralContainers'),
    fc.constantFrom('', '  '),
  )
  .map(([others, own, key, deeper]) => {
    const items = [...others.slice(0, 1), ...own, ...others.slice(1)];
    return [`      ${key}:`, ...items.map((lines) => item(lines, `      ${deeper}`))].join('\n');
  });

const workload = fc
  .tuple(list, fc.constantFrom('Deployment', 'Rollout', 'Anything'), comment)
  .map(
    ([containers, kind, said]) =>
      `apiVersion: any.example/v1${said}\nkind: ${kind}\n\nspec:\n  template:\n    spec:\n${containers}`,
  );

const values = fc
  .tuple(fc.constantFrom('', '"', "'"), comment, fc.constantFrom('|', '|-', '|+', '|2'), fc.constantFrom(2, 4))
  .map(([quote, said, header, by]) => {
    const indent = ' '.repeat(6 + (header === '|2' ? 2 : by));
    const lines = [
      '# größe',
      'web:',
      '  image:',
      `    repository: ${repository}`,
      `    tag: ${quote}${ours}${quote}${said}`,
    ];
    const inside = [...lines, '', 'tail: [main-1]'].map((line) => (line === '' ? line : indent + line)).join('\n');
    return `apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n      values: ${header}\n${inside}`;
  });

const document = fc.oneof({ weight: 3, arbitrary: workload }, { weight: 1, arbitrary: values });

describe('any file of manifests', () => {
  it('changes in the places of one image and in no other byte', () => {
    const file = fc.record({
      documents: fc.array(document, { minLength: 1, maxLength: 4 }),
      end: fc.constantFrom('\n', '\r\n'),
      mark: fc.constantFrom('', '\ufeff'),
      last: fc.constantFrom('', '\n', '\n...\n'),
    });
    fc.assert(
      fc.property(file, ({ documents, end, mark, last }) => {
        const text = `${mark}${documents.join('\n---\n')}${last}`.replaceAll('\n', end);
        expect(edited('all.yaml', present(text))).toBe(wanted(text));
      }),
      { numRuns: runs(50, 500) },
    );
  });

  it('may be JSON, however it is indented and escaped', () => {
    const escapes = fc.constantFrom(
      (json: string) => json,
      (json: string) => json.replaceAll('/', '\\/'),
      (json: string) => json.replaceAll('<', '\\u003c').replaceAll('é', '\\u00E9'),
    );
    const file = fc.record({
      names: fc.array(fc.constantFrom(`${repository}:${ours}`, 'nginx:main-1'), { maxLength: 4 }),
      note: fc.string({ unit: 'grapheme', maxLength: 10 }),
      indent: fc.constantFrom('', '\t', '  '),
      escaped: escapes,
      end: fc.constantFrom('\n', '\r\n'),
    });
    fc.assert(
      fc.property(file, ({ names, note, indent, escaped, end }) => {
        const containers = [`${repository}:${ours}`, ...names].map((name) => ({ image: name, note: `<é>${note}` }));
        const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { note }, spec: { containers } };
        const values = `# <é>\nweb:\n  image: {repository: ${repository}, tag: "${ours}"}\n`;
        const application = {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Application',
          spec: { source: { helm: { values } } },
        };
        const list = { apiVersion: 'v1', kind: 'List', items: [pod, application] };
        const text = escaped(JSON.stringify(list, null, indent)).replaceAll('\n', end);
        expect(edited('all.json', present(text))).toBe(wanted(text));
      }),
      { numRuns: runs(30, 500) },
    );
  });
});

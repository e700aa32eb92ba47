import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { apply } from '#shared/gitops/apply.ts';
import { applyEdit } from '#shared/gitops/edits/edit.ts';
import { orRefused } from '#shared/gitops/edits/found-image.ts';
import { Refused } from '#shared/gitops/refused.ts';
import type { Snapshot } from '#shared/gitops/snapshot.ts';
import { runs } from '../../runs.ts';
import { anyDamage, anyTag } from './any-yaml.ts';
import { digest, intentOf, repositoryOf } from './standard.ts';

const repository = repositoryOf('checkout');
const file = 'apps/checkout/kustomization.yaml';

const snapshotOf = (text: string): Snapshot => ({
  entries: new Map([[file, { mode: '100644', id: 'x' }]]),
  contents: new Map([[file, Buffer.from(text)]]),
});

const add = (text: string, tag: string): string => {
  const [edited] = applyEdit(
    { path: 'apps/checkout', addMissing: true },
    { image: { repository, tag, digest: digest(tag) }, pin: false },
    snapshotOf(text),
  );
  return edited?.content.toString() ?? '';
};

/** Whether nothing but additions lies between two texts. */
const isWithin = (text: string, longer: string): boolean => {
  let at = 0;
  for (const character of longer) if (character === text[at]) at += 1;
  return at === text.length;
};

const said = fc.constantFrom('', '', ' # said', '\t#', '   ');
const name = fc.integer({ min: 0, max: 99 }).map((number) => `acme/other${number}`);
const quotes = fc.constantFrom(['', ''], ['"', '"'], ["'", "'"]);

/** Entries, each as lines behind a dash. */
const blockEntry = fc.tuple(name, quotes, said, fc.boolean()).map(([image, [open, close], comment, tagFirst]) => {
  const pairs = [`name: ${open}${image}${close}${comment}`, `newTag: ${open}v1${close}`];
  return tagFirst ? pairs.toReversed() : pairs;
});
const flowEntry = fc.tuple(name, quotes).map(([image, [open, close]]) => `{name: ${open}${image}${close}, newTag: v1}`);

interface Listed {
  readonly lines: readonly string[];
  /** Where the dashes are, if there are any. */
  readonly lead?: string;
}

const blockList: fc.Arbitrary<Listed> = fc
  .record({
    entries: fc.array(
      fc.oneof(
        blockEntry,
        flowEntry.map((entry) => [entry]),
      ),
      { minLength: 1, maxLength: 3 },
    ),
    indent: fc.integer({ min: 0, max: 4 }),
    gap: fc.integer({ min: 1, max: 3 }),
    between: fc.constantFrom([], [], [''], ['# - name: off']),
    head: said,
  })
  .map(({ entries, indent, gap, between, head }) => {
    const lead = `${' '.repeat(indent)}-${' '.repeat(gap)}`;
    const items = entries.map((lines) => lines.map((line, at) => (at === 0 ? lead : ' '.repeat(lead.length)) + line));
    return {
      lead,
      lines: [`images:${head}`, ...items.flatMap((lines, at) => (at === 0 ? lines : [...between, ...lines]))],
    };
  });

const flowList: fc.Arbitrary<Listed> = fc
  .record({
    entries: fc.array(flowEntry, { maxLength: 3 }),
    comma: fc.constantFrom('', ','),
    onLines: fc.boolean(),
    comment: said,
  })
  .map(({ entries, comma, onLines, comment }) => {
    const last = entries.length > 0 ? comma : '';
    if (!onLines) return { lines: [`images: [${entries.join(', ')}${last}]${comment}`] };
    const items = entries.map((entry, at) => `    ${entry}${at === entries.length - 1 ? last : ','}${comment}`);
    return { lines: ['images: [', ...items, '  ]'] };
  });

const list: fc.Arbitrary<Listed> = fc.oneof(
  { weight: 3, arbitrary: blockList },
  { weight: 2, arbitrary: flowList },
  { weight: 1, arbitrary: said.map((comment) => ({ lines: [`images:${comment}`] })) },
  { weight: 1, arbitrary: fc.constant({ lines: [] }) },
);

const around = fc.constantFrom(
  [],
  [''],
  ['', '# a comment', ''],
  ['namespace: x # said'],
  ['patches:', '  - patch: |-', '      - op: remove', '    target: {kind: Deployment}', ''],
  ['resources:', '- ../../base', '# - ingress.yaml'],
  ['configMapGenerator: [{name: x}]'],
);

const anyKustomization = fc
  .record({
    mark: fc.constantFrom('', '\ufeff'),
    head: fc.constantFrom([], ['# Checkout'], ['---']),
    kind: fc.constantFrom(
      ['kind: Kustomization'],
      ['apiVersion: kustomize.config.k8s.io/v1alpha1', 'kind: Component'],
      ['namePrefix: x-'],
    ),
    list,
    above: around,
    below: around,
    lineEnd: fc.constantFrom('\n', '\r\n'),
    last: fc.boolean(),
  })
  .filter(({ above, below }) => above !== below || above.every((line) => !/^\w/.test(line)))
  .map(({ mark, head, kind, list, above, below, lineEnd, last }) => ({
    text: mark + [...head, ...kind, ...above, ...list.lines, ...below].join(lineEnd) + (last ? lineEnd : ''),
    lead: list.lead,
  }));

const read = (text: string): Record<string, unknown> => parseAllDocuments(text, { merge: true })[0]?.toJS();

describe('an image without an entry in a kustomization', () => {
  it('gets one behind the others, written like them, and nothing else changes', () => {
    fc.assert(
      fc.property(anyKustomization, anyTag, ({ text, lead }, tag) => {
        const after = add(text, tag);
        const { images: listed, ...rest } = read(text);
        const { images, ...same } = read(after);
        const before = Array.isArray(listed) ? listed : [];
        expect(same).toEqual(rest);
        expect(images).toEqual([...before, { name: repository, newTag: tag }]);
        expect(isWithin(text, after)).toBe(true);
        expect(after.endsWith('\n')).toBe(text.endsWith('\n'));
        expect(/(?<!\r)\n/.test(after)).toBe(/(?<!\r)\n/.test(text) || !text.includes('\n'));
        if (lead !== undefined)
          expect(
            after
              .split('\n')
              .find((line) => line.includes(repository))
              ?.slice(0, lead.length),
          ).toBe(lead);
        expect(read(add(after, `${tag}-next`)).images).toHaveLength(before.length + 1);
      }),
      { numRuns: runs(50, 1000) },
    );
  });

  it('gets none where that would change more, as in a file that somebody broke', () => {
    fc.assert(
      fc.property(anyKustomization, anyDamage, anyTag, ({ text }, damage, tag) => {
        const broken = damage(text);
        const after = orRefused(() => add(broken, tag));
        if (after instanceof Refused) expect(after.message).toMatch(/^apps\/checkout\/kustomization\.yaml:\d+/);
        else expect(isWithin(broken, after) && after.includes(repository)).toBe(true);
      }),
      { numRuns: runs(50, 1000) },
    );
  });

  it('is written once, whoever asks again, and goes on from there', () => {
    const edits = [{ path: 'apps/checkout', addMissing: true }];
    const start = snapshotOf('kind: Kustomization\nresources: [../../base]\n');
    const written = apply(intentOf('main-1', 1, { edits }), start);
    if (written.applied !== 'changed') throw new Error(written.applied);
    expect(written.before).toEqual({});
    const added = `kind: Kustomization\nresources: [../../base]\nimages:\n- name: ${repository}\n  newTag: main-1\n`;
    expect(written.snapshot.contents.get(file)?.toString()).toBe(added);
    expect(apply(intentOf('main-1', 1, { edits }), written.snapshot)).toMatchObject({
      applied: 'unchanged',
      done: true,
    });
    const next = apply(intentOf('main-2', 2, { edits }), written.snapshot);
    if (next.applied !== 'changed') throw new Error(next.applied);
    expect(next.snapshot.contents.get(file)?.toString()).toBe(added.replace('main-1', 'main-2'));
  });

  it('is refused where nobody configured it', () => {
    const refused = apply(intentOf('main-1', 1, { edits: [{ path: 'apps/checkout' }] }), snapshotOf('images: []\n'));
    expect(refused).toMatchObject({ applied: 'refused', code: 'no-entry' });
  });
});

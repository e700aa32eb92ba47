import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAlias, isScalar, parseAllDocuments, visit } from 'yaml';
import { applyEdit } from '#shared/gitops/edits/edit.ts';
import { Refused } from '#shared/gitops/refused.ts';
import { runs } from '../../runs.ts';
import { anyDamage, anyTag, anyYaml, present } from './any-yaml.ts';
import { digest, repositoryOf } from './standard.ts';

const repository = repositoryOf('checkout');
const file = 'values.yaml';

const edit = (key: string, text: string, tag: string): string | Refused => {
  const content = Buffer.from(text);
  try {
    const [edited] = applyEdit(
      { file, key },
      { image: { repository, tag, digest: digest(tag) }, pin: false },
      { entries: new Map([[file, { mode: '100644', id: 'x' }]]), contents: new Map([[file, content]]) },
    );
    return edited?.content.toString() ?? '';
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  } finally {
    expect(content.equals(Buffer.from(text))).toBe(true);
  }
};

/** What a parser of either version of YAML reads, aliases and merge keys resolved. */
const read = (text: string, version: '1.1' | '1.2'): unknown[] =>
  parseAllDocuments(text, { version, merge: true }).map((document) => document.toJS({ mapAsMap: true }));

/** The same with one value changed, wherever aliases bring it. */
const withTag = (node: unknown, tag: string): unknown => {
  if (typeof node === 'string' && node.trimEnd() === present) return node.replace(present, tag);
  if (Array.isArray(node)) return node.map((item) => withTag(item, tag));
  return node instanceof Map ? new Map([...node].map(([key, value]) => [key, withTag(value, tag)])) : node;
};

/** All scalars and aliases of a file, in its order. */
const leavesOf = (text: string): string[] => {
  const leaves: string[] = [];
  for (const document of parseAllDocuments(text, { merge: true }))
    visit(document, (_key, node) => {
      if (isScalar(node)) leaves.push(`${node.tag} ${node.anchor} ${String(node.value)}`);
      if (isAlias(node)) leaves.push(`*${node.source}`);
    });
  return leaves;
};

describe('any file', () => {
  it('that is edited changes in one value, for all who share it, and in no byte outside of its scalar', () => {
    fc.assert(
      fc.property(anyYaml, anyTag, ({ text, key, start, end }, tag) => {
        const after = edit(key, text, tag);
        if (after instanceof Refused) throw after;
        expect(after.slice(0, start)).toBe(text.slice(0, start));
        expect(after.slice(after.length - (text.length - end))).toBe(text.slice(end));
        for (const version of ['1.1', '1.2'] as const)
          expect(read(after, version)).toEqual(withTag(read(text, version), tag));
      }),
      { numRuns: runs(50, 1000) },
    );
  });

  it('is edited once: what asks for the same again changes no byte', () => {
    fc.assert(
      fc.property(anyYaml, anyTag, ({ text, key }, tag) => {
        const after = edit(key, text, tag);
        expect(edit(key, String(after), tag)).toBe(after);
      }),
      { numRuns: runs(20, 300) },
    );
  });

  it('that somebody broke is refused with file and line and stays as it is, or changes in one scalar', () => {
    fc.assert(
      fc.property(anyYaml, anyDamage, anyTag, ({ text, key }, damage, tag) => {
        const broken = damage(text);
        const after = edit(key, broken, tag);
        if (after instanceof Refused) {
          expect(after.message).toMatch(/^values\.yaml:\d+/);
          return;
        }
        const [before, now] = [leavesOf(broken), leavesOf(after)];
        expect(now).toHaveLength(before.length);
        expect(before.filter((leaf, at) => leaf !== now[at]).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: runs(50, 1000) },
    );
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { applyEdit } from '#shared/gitops/edits/edit.ts';
import { foldersAbove } from '#shared/gitops/paths.ts';
import { Refused } from '#shared/gitops/refused.ts';
import type { Entry, Snapshot } from '#shared/gitops/snapshot.ts';

/**
 * One folder for each case: `case.json` says what is asked, `before/` is the repository, and either `after/` has the files that
 * change, to the byte, or `refused.txt` the refusal.
 */
const golden = join(import.meta.dirname, 'golden');

const caseSchema = z.strictObject({
  edit: z.union([
    z.strictObject({ path: z.string(), addMissing: z.boolean().optional() }),
    z.strictObject({ file: z.string(), key: z.string().optional() }),
  ]),
  image: z.strictObject({ repository: z.string(), tag: z.string(), digest: z.string() }),
  pin: z.boolean().default(false),
});

/** Every file below a folder, by its path with `/`. */
const filesIn = (folder: string): Map<string, Buffer> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((file) => [relative(folder, file).split(sep).join('/'), readFileSync(file)]),
  );

const snapshotOf = (files: Map<string, Buffer>): Snapshot => ({
  entries: new Map(
    [...files.keys()].flatMap((path): [string, Entry][] => [
      ...foldersAbove(path).map((folder): [string, Entry] => [folder, { mode: '040000', id: folder }]),
      [path, { mode: '100644', id: path }],
    ]),
  ),
  contents: files,
});

/** What comes of an edit: the files that differ, as text (with their line ends and byte order marks), or the refusal. */
const outcomeOf = (name: string): unknown => {
  const { edit, image, pin } = caseSchema.parse(JSON.parse(readFileSync(join(golden, name, 'case.json'), 'utf8')));
  const before = filesIn(join(golden, name, 'before'));
  try {
    const edited = applyEdit(edit, { image, pin }, snapshotOf(before));
    return Object.fromEntries(edited.map(({ path, content }) => [path, content.toString('latin1')]));
  } catch (error) {
    if (error instanceof Refused) return `${error.code}: ${error.message}\n`;
    throw error;
  }
};

const expectedOf = (name: string): unknown => {
  if (readdirSync(join(golden, name)).includes('refused.txt'))
    return readFileSync(join(golden, name, 'refused.txt'), 'utf8');
  return Object.fromEntries(
    [...filesIn(join(golden, name, 'after'))].map(([path, content]) => [path, content.toString('latin1')]),
  );
};

describe('layouts that real repositories have', () => {
  it.each(readdirSync(golden).toSorted())('%s', (name) => {
    expect(outcomeOf(name)).toEqual(expectedOf(name));
  });
});

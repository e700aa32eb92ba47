import { applyEdit, readEdit } from '#shared/gitops/edits/edit.ts';
import { applyValue } from '#shared/gitops/edits/set-value.ts';
import type { Edit } from '#shared/gitops/intent.ts';
import { Refused } from '#shared/gitops/refused.ts';
import type { Snapshot } from '#shared/gitops/snapshot.ts';

/** What was asked for: an image's new tag, or a key's new value. */
export type Asked =
  | { readonly image: string; readonly tag: string; readonly digest: string | undefined }
  | { readonly key: string; readonly value: string };

/** The files with the edit in them, by the writer's own code. Throws `Refused`. */
export const planEdit = (edit: Edit, asked: Asked, snapshot: Snapshot): { path: string; content: Buffer }[] => {
  if ('key' in asked) {
    if (!('file' in edit)) throw new Refused('no-file', 'A key is looked up in a file: name the file, not its folder.');
    return applyValue({ file: edit.file, key: asked.key }, asked.value, snapshot);
  }
  const { image: repository, tag, digest } = asked;
  if (digest !== undefined) return applyEdit(edit, { image: { repository, tag, digest }, pin: true }, snapshot);
  const { files, written } = readEdit(edit, repository, snapshot);
  if (written.digest !== undefined)
    throw new Refused(
      'same-tag',
      `${files.join(', ')}: ${repository} stands there with a digest, and the old one would win over the new tag. Give --to <tag>@sha256:…`,
    );
  return applyEdit(edit, { image: { repository, tag, digest: '' }, pin: false }, snapshot);
};

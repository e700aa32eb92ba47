import { formatPatch, structuredPatch } from 'diff';

/** The changed hunks of one file, with `--- a/` and `+++ b/` above; empty when nothing changed. */
export const unifiedDiff = (path: string, before: Buffer, after: Buffer): string => {
  if (before.equals(after)) return '';
  const patch = structuredPatch(`a/${path}`, `b/${path}`, before.toString(), after.toString(), undefined, undefined, {
    context: 3,
  });
  return formatPatch(patch, { includeIndex: false, includeUnderline: false, includeFileHeaders: true });
};

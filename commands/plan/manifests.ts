import { readYaml, type YamlFile } from '#shared/gitops/edits/yaml-file.ts';
import { Refused } from '#shared/gitops/refused.ts';
import type { Snapshot } from '#shared/gitops/snapshot.ts';

/** A file that can't be looked into, in the writer's words. */
export interface Unreadable {
  readonly file: string;
  readonly code: string;
  readonly message: string;
}

/** A document as plain data, and where it begins. */
export interface Manifest {
  readonly file: string;
  /** `path:line` */
  readonly where: string;
  readonly line: number;
  readonly value: unknown;
}

const dataOf = (document: YamlFile['documents'][number]): unknown => {
  try {
    return document.toJS({ maxAliasCount: 1000 });
  } catch {
    return undefined;
  }
};

/** The documents of the files whose text passes a cheap test; what can't be read is told, not thrown. */
export const readManifests = ({ contents }: Snapshot, test: (path: string, text: string) => boolean) => {
  const manifests: Manifest[] = [];
  const unreadable: Unreadable[] = [];
  for (const [path, content] of contents) {
    if (!test(path, content.toString('latin1'))) continue;
    try {
      const file = readYaml(path, content);
      for (const document of file.documents) {
        const where = file.at(document.contents?.range?.[0] ?? 0);
        const line = Number(where.slice(where.lastIndexOf(':') + 1));
        manifests.push({ file: path, where, line, value: dataOf(document) });
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      unreadable.push({ file: path, code: error.code, message: error.message });
    }
  }
  return { manifests, unreadable };
};

import { inString } from './embedded.ts';
import { refuseLooseJson } from './json-file.ts';
import { type Replacement, splice } from './splice.ts';
import { readYaml, type YamlFile } from './yaml-file.ts';

const isJson = (path: string): boolean => path.endsWith('.json');

/** Reads a file of YAML or, by its name, of JSON, which must be such that every parser takes it. */
export const readManifest = (path: string, content: Buffer): YamlFile => {
  const file = readYaml(path, content);
  if (isJson(path)) refuseLooseJson(path, file.text);
  return file;
};

const spliceManifest = (file: YamlFile, replacements: readonly Replacement[], repository?: string): Buffer => {
  const { path } = file;
  if (!isJson(path)) return splice(file, replacements, repository);
  const content = splice(file, replacements, repository);
  refuseLooseJson(path, readYaml(path, content).text);
  return content;
};

/** What changes in a file, or in the YAML of a string in one. */
export interface Change {
  readonly file: YamlFile;
  readonly replacements: readonly Replacement[];
}

const together = (changes: readonly Change[]): Change[] =>
  [...Map.groupBy(changes, ({ file }) => file)].map(([file, all]) => ({
    file,
    replacements: all.flatMap(({ replacements }) => replacements),
  }));

/** The files after some changes: only the bytes of these values differ. `repository`: whose image all of them are. */
export const changed = (changes: readonly Change[], repository?: string): { path: string; content: Buffer }[] => {
  const outside = together(changes).map(({ file, replacements }): Change => {
    const { around } = file;
    return around
      ? { file: around.file, replacements: [inString(file, around, replacements, repository)] }
      : { file, replacements };
  });
  return together(outside).map(({ file, replacements }) => ({
    path: file.path,
    content: spliceManifest(file, replacements, repository),
  }));
};

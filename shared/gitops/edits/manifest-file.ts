import { Refused } from '../refused.ts';
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

/** Replaces scalars as `splice` does, and leaves JSON what it is. */
export const spliceManifest = (
  file: YamlFile,
  replacements: readonly Replacement[],
  repository?: string,
): Buffer => {
  const { path } = file;
  if (!isJson(path)) return splice(file, replacements, repository);
  for (const { place } of replacements) {
    if (place.token.type !== 'double-quoted-scalar')
      throw new Refused('not-a-scalar', `${place.where}: ${place.text} is no string in JSON. Write it in quotes.`);
  }
  const content = splice(file, replacements, repository);
  refuseLooseJson(path, content.toString());
  return content;
};

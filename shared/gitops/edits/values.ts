import { isAlias, isMap } from 'yaml';
import { Refused } from '../refused.ts';
import { type Cursor, childOf, itemsOf, keysOf, rootsOf, whereIs } from './cursor.ts';
import { parseKey, type Segment } from './key-path.ts';
import { isEmpty, type Place, placeOf, refuseTemplate } from './place.ts';
import { meansRepository, parseReference } from './reference.ts';
import type { Spot } from './spot.ts';
import type { YamlFile } from './yaml-file.ts';

const step = (from: Cursor, segment: Segment): Cursor | undefined =>
  typeof segment === 'number' ? itemsOf(from)[segment] : childOf(from, segment);

const missing = (file: YamlFile, key: string, from: Cursor, segment: Segment): Refused => {
  const where = whereIs(file, from);
  if (isAlias(from.node))
    return new Refused(
      'shared-value',
      `${where}: the way to \`${key}\` leads through an alias (*${from.node.source}). Name the key under its anchor, or write the value itself.`,
    );
  const keys = keysOf(from).slice(0, 20).join(', ') || 'no keys';
  return new Refused(
    'no-key',
    `${where}: there is no \`${segment}\` of \`${key}\` here, but ${keys}. Fairlead adds no keys.`,
  );
};

const walk = (file: YamlFile, root: Cursor, key: string, segments: readonly Segment[]): Cursor | Refused => {
  let at = root;
  for (const segment of segments) {
    const next = step(at, segment);
    if (next === undefined) return missing(file, key, at, segment);
    at = next;
  }
  return at;
};

const onlyNode = (file: YamlFile, key: string): Cursor => {
  const segments = parseKey(key);
  const outcomes = rootsOf(file).map((root) => walk(file, root, key, segments));
  const [found, ...others] = outcomes.filter((outcome): outcome is Cursor => !(outcome instanceof Refused));
  if (found === undefined)
    throw (
      outcomes.find((outcome) => outcome instanceof Refused) ??
      new Refused('no-key', `${file.path}:1 is empty: there is no \`${key}\`.`)
    );
  if (others.length > 0) {
    const lines = [found, ...others].map((cursor) => whereIs(file, cursor)).join(', ');
    throw new Refused('ambiguous', `${lines}: several documents have \`${key}\`. Put them into files of their own.`);
  }
  return found;
};

const refuseOther = (where: string, name: string, repository: string): void => {
  if (!meansRepository(name, repository))
    throw new Refused(
      'other-image',
      `${where}: this is the image ${name}, not ${repository}. Correct the key, or the service's \`images\`.`,
    );
};

/** A mapping with `tag` or `digest`, and perhaps `repository` and `registry`, which then must be the repository's. */
export const inMapping = (file: YamlFile, key: string, cursor: Cursor, repository: string): Spot => {
  const place = (name: string): Place | undefined => {
    const child = childOf(cursor, name);
    return child && !isEmpty(child) ? placeOf(file, child, `${key}.${name}`) : undefined;
  };
  const name = place('repository');
  const registry = place('registry')?.text;
  if (name) refuseOther(name.where, registry ? `${registry}/${name.text}` : name.text, repository);
  const tag = place('tag');
  const digest = place('digest');
  if (tag === undefined && !digest?.text)
    throw new Refused(
      'no-tag',
      `${whereIs(file, cursor)}: \`${key}\` has neither tag nor digest. Write the image that runs now.`,
    );
  return { file, ...(tag && { tag }), ...(digest && { digest }) };
};

const inScalar = (file: YamlFile, key: string, cursor: Cursor, repository: string): Spot => {
  const place = placeOf(file, cursor, `\`${key}\``);
  const reference = parseReference(place.text);
  const isReference = reference.repository.includes('/') || /[:@]/.test(place.text.replace(/@sha256:.*$/, ''));
  const isName = meansRepository(place.text, repository);
  if (!isReference && !isName) return { file, tag: place };
  refuseOther(place.where, reference.repository, repository);
  if (reference.tag === undefined && reference.digest === undefined)
    throw new Refused('no-tag', `${place.where}: \`${key}\` has no tag. Write the image that runs now, with its tag.`);
  return { file, reference: place };
};

/** What a dotted key leads to: a mapping with `repository` and `tag`, a whole reference, or a tag alone. */
export const findInValues = (file: YamlFile, key: string, repository: string): Spot => {
  const cursor = onlyNode(file, key);
  refuseTemplate(file, cursor, `\`${key}\``);
  return isMap(cursor.node) ? inMapping(file, key, cursor, repository) : inScalar(file, key, cursor, repository);
};

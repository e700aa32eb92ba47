import { isMap, isScalar } from 'yaml';
import { Refused } from '../refused.ts';
import { type Cursor, childOf, itemsOf, keysOf, rootsOf, whereIs } from './cursor.ts';
import { readEmbedded } from './embedded.ts';
import { imageNameBeside, tagKeys } from './image-name.ts';
import { parseKey, type Segment } from './key-path.ts';
import { isEmpty, type Place, placeOf, refuseTemplate } from './place.ts';
import { meansRepository, parseReference } from './reference.ts';
import type { Spot } from './spot.ts';
import type { YamlFile } from './yaml-file.ts';

/** Where the YAML in a string begins, so that a key leads on into it. */
const rootsIn = (cursor: Cursor): Cursor[] => {
  const isText = isScalar(cursor.node) && typeof cursor.node.value === 'string' && cursor.node.value.includes('\n');
  return isText ? rootsOf(readEmbedded(cursor.file, cursor)) : [cursor];
};

const step = (from: Cursor, segment: Segment): Cursor | undefined => {
  const [next] = rootsIn(from).flatMap((root) =>
    typeof segment === 'number' ? (itemsOf(root)[segment] ?? []) : (childOf(root, segment) ?? []),
  );
  return next;
};

const missing = (key: string, from: Cursor, segment: Segment): Refused => {
  const items = itemsOf(from).length;
  const keys = items > 0 ? `a list of ${items}` : keysOf(from).slice(0, 20).join(', ') || 'no keys';
  return new Refused(
    'no-key',
    `${whereIs(from.file, from)}: there is no \`${segment}\` of \`${key}\` here, but ${keys}. Fairlead adds no keys.`,
  );
};

/** From the root to what the key leads to. */
type Way = readonly [Cursor, ...Cursor[]];

const walk = (root: Cursor, key: string, segments: readonly Segment[]): Way | Refused => {
  const way: [Cursor, ...Cursor[]] = [root];
  let at = root;
  for (const segment of segments) {
    const next = step(at, segment);
    if (next === undefined) return missing(key, at, segment);
    way.push(next);
    at = next;
  }
  return way;
};

/** The one way to what a dotted key leads to, also into the YAML of a string. */
export const wayTo = (file: YamlFile, key: string): Way => {
  const segments = parseKey(key);
  const outcomes = rootsOf(file).map((root) => walk(root, key, segments));
  const [found, ...others] = outcomes.filter((outcome): outcome is Way => !(outcome instanceof Refused));
  if (found === undefined)
    throw (
      outcomes.find((outcome) => outcome instanceof Refused) ??
      new Refused('no-key', `${file.path}:1 is empty: there is no \`${key}\`.`)
    );
  if (others.length > 0) {
    const lines = [found, ...others].flatMap((way) => way.slice(-1)).map((cursor) => whereIs(cursor.file, cursor));
    throw new Refused(
      'ambiguous',
      `${lines.join(', ')}: several documents have \`${key}\`. Put them into files of their own.`,
    );
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

/**
 * A mapping with a tag or `digest`, and perhaps `repository` and `registry`, which then must be the repository's. `tagKey`
 * where the key already leads to one of its tags.
 */
export const inMapping = (file: YamlFile, key: string, cursor: Cursor, repository: string, tagKey?: string): Spot => {
  const place = (name: string): Place | undefined => {
    const child = childOf(cursor, name);
    return child && !isEmpty(child) ? placeOf(file, child, `\`${key}\`, ${name}`) : undefined;
  };
  const said = tagKey ?? tagKeys.find((name) => childOf(cursor, name)) ?? 'digest';
  const name = imageNameBeside(file, cursor.node, said);
  if (name) {
    refuseTemplate(file, name, `\`${key}\``);
    refuseOther(whereIs(file, name), name.name, repository);
  }
  const tag = said === 'digest' ? undefined : place(said);
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
  if (/\s/.test(place.text))
    throw new Refused(
      'not-a-scalar',
      `${place.where}: \`${key}\` is no image, for it has spaces. Write it on one line.`,
    );
  if (/^sha256:[0-9a-f]{64}$/.test(place.text)) return { file, digest: place };
  const reference = parseReference(place.text);
  const isReference = reference.repository.includes('/') || /[:@]/.test(place.text.replace(/@sha256:.*$/, ''));
  const isName = meansRepository(place.text, repository);
  if (!isReference && !isName) return { file, tag: place };
  // Argo CD's short form of a kustomization's entry names what it replaces, too: `name=new-name:tag`.
  const [name = '', newName = name] = reference.repository.split('=');
  if (name !== repository) refuseOther(place.where, newName, repository);
  if (reference.tag === undefined && reference.digest === undefined)
    throw new Refused('no-tag', `${place.where}: \`${key}\` has no tag. Write the image that runs now, with its tag.`);
  return { file, reference: place };
};

/** What a dotted key leads to: a mapping with `repository` and `tag`, a whole reference, or a tag alone. */
export const findInValues = (outer: YamlFile, key: string, repository: string): Spot => {
  const way = wayTo(outer, key);
  const [holder, cursor = way[0]] = way.length > 1 ? way.slice(-2) : [undefined, way[0]];
  const { file } = cursor;
  refuseTemplate(file, cursor, `\`${key}\``);
  if (isMap(cursor.node)) return inMapping(file, key, cursor, repository);
  const spot = inScalar(file, key, cursor, repository);
  const name = String(cursor.path.at(-1));
  // A tag or digest alone stands beside what it belongs to: its image, and the digest that would win over a new tag.
  return holder && isMap(holder.node) && !spot.reference && [...tagKeys, 'digest'].includes(name)
    ? inMapping(
        file,
        key,
        holder,
        repository,
        tagKeys.find((tagKey) => tagKey === name),
      )
    : spot;
};

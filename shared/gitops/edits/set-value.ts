import { isMap } from 'yaml';
import { Refused } from '../refused.ts';
import type { Snapshot } from '../snapshot.ts';
import { filesOf } from './folder.ts';
import { imageNameBeside, tagKeys } from './image-name.ts';
import { type Change, changed, readManifest } from './manifest-file.ts';
import { type Place, placeOf } from './place.ts';
import { parseReference, parseTag } from './reference.ts';
import { replacementsAt, writtenAt } from './spot.ts';
import { findInValues, wayTo } from './values.ts';
import type { YamlFile } from './yaml-file.ts';

/** A mapping of an image's parts: its tag changes, and the digest beside it must be told, too. */
const inParts = (file: YamlFile, key: string, repository: string, to: string): Change => {
  const spot = findInValues(file, key, repository);
  const { tag = '', digest } = parseTag(to);
  if (digest === undefined && writtenAt(spot).digest !== undefined)
    throw new Refused('same-tag', `${file.path}: \`${key}\` has a digest, too. Give --to <tag>@sha256:…`);
  return {
    file: spot.file,
    replacements: replacementsAt(spot, { repository, tag, digest: digest ?? '' }, digest !== undefined),
  };
};

/** What a whole reference becomes by a new tag; anything else is the new value itself. */
const valueFor = (key: string, present: string, to: string): string => {
  const { repository, tag, digest } = parseReference(present);
  const isNamed = repository.includes('/') || (repository !== '' && /(^i|I)mage$/.test(key));
  const isReference = isNamed && (tag !== undefined || digest !== undefined);
  return isReference && /^[\w.-]+(@sha256:[0-9a-f]{64})?$/.test(to) ? `${repository}:${to}` : to;
};

/** Under these keys stands text, whatever it looks like. */
const textKeys = /tag|version|image|digest|revision|commit|sha|^value$/i;

/** A number stays a number and a boolean a boolean (`replicas: 5`), where every parser reads the new one as it stands. */
const staysBare = ({ token, node }: Place, key: string, to: string): boolean => {
  if (token.type !== 'scalar' || textKeys.test(key)) return false;
  if (/^(true|false)$/.test(to)) return /^(true|false|yes|no|on|off)$/i.test(token.source);
  return typeof node.value === 'number' && /^-?\d+(\.\d+)?$/.test(to) && String(Number(to)) === to;
};

/** The file with a value in it at a dotted key: a scalar says it, a mapping of an image's parts gets it as its tag. */
export const applyValue = (
  { file: name, key }: { file: string; key: string },
  to: string,
  { entries, contents }: Snapshot,
): { path: string; content: Buffer }[] => {
  const [path = name] = filesOf({ file: name, key }, entries);
  const file = readManifest(path, contents.get(path) ?? Buffer.alloc(0));
  const cursor = wayTo(file, key).at(-1);
  if (cursor && isMap(cursor.node)) {
    const names = [...tagKeys, 'digest'].map((tag) => imageNameBeside(cursor.file, cursor.node, tag)?.name);
    return changed([inParts(file, key, names.find((one) => one !== undefined) ?? '', to)]);
  }
  if (cursor === undefined) return [];
  const place = placeOf(cursor.file, cursor, `\`${key}\``);
  const last = String(cursor.path.findLast((step) => typeof step === 'string') ?? '');
  const isBare = staysBare(place, last, to);
  const value = isBare ? to : valueFor(last, place.text, to);
  return changed([{ file: cursor.file, replacements: [{ place, value, isBare }] }]);
};

import * as z from 'zod';
import { AwsError } from '../aws-error.ts';

type Tree = Map<string, Tree | string>;

const toValue = (tree: Tree | string): unknown => {
  if (typeof tree === 'string') return tree;
  const list = tree.get('member');
  if (list instanceof Map) return [...list.values()].map(toValue);
  return Object.fromEntries([...tree].map(([key, value]) => [key, toValue(value)]));
};

/** `Tags.member.1.Key=a`: the query protocol writes a structure as a path, and a list as numbered members of it. */
export const parseForm = (form: URLSearchParams): unknown => {
  const root: Tree = new Map();
  for (const [path, value] of form) {
    const keys = path.split('.');
    const last = keys.pop() ?? path;
    let at = root;
    for (const key of keys) {
      const inner = at.get(key);
      const next = inner instanceof Map ? inner : new Map();
      at.set(key, next);
      at = next;
    }
    at.set(last, value);
  }
  root.delete('Action');
  root.delete('Version');
  return toValue(root);
};

/** An empty list is sent as an empty text. */
export const list = <Item extends z.ZodType>(item: Item) =>
  z.union([z.literal('').transform((): z.output<Item>[] => []), z.array(item)]).default([]);

/** The input of an action, or the ValidationError that says what is not known or not right about it. */
export const parseAction = <Shape extends z.ZodType>(schema: Shape, form: URLSearchParams): z.output<Shape> => {
  const parsed = schema.safeParse(parseForm(form));
  if (!parsed.success) throw new AwsError('ValidationError', z.prettifyError(parsed.error));
  return parsed.data;
};

import * as z from 'zod';
import { type Path, parseAt, refuse } from './refusal.ts';

/** What references stand for. Each refuses what it does not know, at the path of the reference. */
export interface Scope {
  /** A resource's `Ref` or a pseudo parameter. */
  ref(name: string, path: Path): string;
  attribute(logicalId: string, attribute: string, path: Path): string;
  imported(exportName: string, path: Path): string;
}

type Intrinsic = (argument: unknown, path: Path, scope: Scope) => unknown;

const removed = Symbol('AWS::NoValue');

const text = (value: unknown, path: Path, scope: Scope): string => {
  const resolved = resolve(value, path, scope);
  if (typeof resolved === 'number' || typeof resolved === 'boolean') return String(resolved);
  return typeof resolved === 'string' ? resolved : refuse(path, 'must come to a string');
};

const attributeReference: Intrinsic = (argument, path, scope) => {
  const [logicalId, attribute] = typeof argument === 'string' ? splitOnce(argument) : parseAt(pair, argument, path);
  return scope.attribute(logicalId, text(attribute, path, scope), path);
};

const pair = z.tuple([z.string(), z.unknown()]);

const splitOnce = (reference: string): [string, string] => {
  const dot = reference.indexOf('.');
  return dot < 0 ? [reference, ''] : [reference.slice(0, dot), reference.slice(dot + 1)];
};

const substitute: Intrinsic = (argument, path, scope) => {
  const [template, variables] =
    typeof argument === 'string'
      ? [argument, {}]
      : parseAt(z.tuple([z.string(), z.record(z.string(), z.unknown())]), argument, path);
  return template.replace(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    if (name in variables) return text(variables[name], [...path, 1, name], scope);
    const [logicalId, attribute] = splitOnce(name.trim());
    return attribute ? scope.attribute(logicalId, attribute, path) : scope.ref(logicalId, path);
  });
};

const join: Intrinsic = (argument, path, scope) => {
  const [separator, parts] = parseAt(pair, argument, path);
  const items = parseAt(z.array(z.unknown()), resolve(parts, [...path, 1], scope), [...path, 1]);
  return items.map((item, index) => text(item, [...path, 1, index], scope)).join(separator);
};

const select: Intrinsic = (argument, path, scope) => {
  const [index, list] = parseAt(z.tuple([z.coerce.number().int().min(0), z.unknown()]), argument, path);
  const items = parseAt(z.array(z.unknown()), resolve(list, [...path, 1], scope), [...path, 1]);
  return index < items.length ? items[index] : refuse(path, `has no element ${index}`);
};

const split: Intrinsic = (argument, path, scope) => {
  const [separator, whole] = parseAt(pair, argument, path);
  return text(whole, [...path, 1], scope).split(separator);
};

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, path, scope) =>
    argument === 'AWS::NoValue' ? removed : scope.ref(parseAt(z.string(), argument, path), path),
  'Fn::GetAtt': attributeReference,
  'Fn::Sub': substitute,
  'Fn::Join': join,
  'Fn::Select': select,
  'Fn::Split': split,
  'Fn::ImportValue': (argument, path, scope) => scope.imported(text(argument, path, scope), path),
};

const isIntrinsic = (key: string): boolean => key === 'Ref' || key === 'Condition' || key.startsWith('Fn::');

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const resolve = (value: unknown, path: Path, scope: Scope): unknown => {
  if (Array.isArray(value)) {
    return value.map((item, index) => resolve(item, [...path, index], scope)).filter((item) => item !== removed);
  }
  if (!isRecord(value)) return value;
  const [key = '', ...others] = Object.keys(value);
  if (others.length === 0 && isIntrinsic(key) && !isPolicyCondition(key, value[key])) {
    const intrinsic = intrinsics[key] ?? refuse([...path, key], 'is an intrinsic that is not known here');
    return intrinsic(value[key], [...path, key], scope);
  }
  const misplaced = Object.keys(value).find((name) => name.startsWith('Fn::'));
  if (misplaced !== undefined) refuse([...path, misplaced], 'is an intrinsic beside other keys');
  const entries = Object.entries(value).map(([name, item]) => [name, resolve(item, [...path, name], scope)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== removed));
};

/** `Condition` is an intrinsic with a name, and an ordinary key of a policy statement with an object. */
const isPolicyCondition = (key: string, argument: unknown): boolean => key === 'Condition' && isRecord(argument);

/** The value without intrinsics; what `AWS::NoValue` stands for is left out, at the top it is undefined. */
export const resolveValue = (value: unknown, path: Path, scope: Scope): unknown => {
  const resolved = resolve(value, path, scope);
  return resolved === removed ? undefined : resolved;
};

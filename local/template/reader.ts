import * as z from 'zod';
import { resolveValue } from './intrinsics.ts';
import { collectRefusals, type Path, parseAt, problemAt, TemplateRefused } from './refusal.ts';
import { createScope, type Stack } from './scope.ts';

/** One resource of the template, resolved and parsed. */
export interface Resource<Properties> {
  readonly logicalId: string;
  /** Where its properties stand, for refusals. */
  readonly path: Path;
  readonly name: string;
  readonly ref: string;
  attribute(name: string): string;
  readonly properties: Properties;
}

/** Reads resources by type, and knows which types nobody asked for. */
export interface Reader {
  of<Shape extends z.ZodType>(type: string, schema: Shape): Resource<z.output<Shape>>[];
  /** Collects a refusal instead of throwing it, so that all problems are told at once. */
  attempt<Result>(read: () => Result): Result[];
  resolve(value: unknown, path: Path): unknown;
  /** Throws what was collected, and refuses every type that was never asked for. */
  finish(): void;
}

export const createReader = (stack: Stack): Reader => {
  const scope = createScope(stack);
  const refusals = collectRefusals();
  const asked = new Set<string>();

  const read = <Shape extends z.ZodType>(logicalId: string, raw: unknown, schema: Shape) => {
    const path = [logicalId, 'Properties'];
    const properties = parseAt(schema, resolveValue(raw, path, scope), path);
    return {
      logicalId,
      path,
      name: scope.named(logicalId).name,
      ref: scope.ref(logicalId, path),
      attribute: (name: string) => scope.attribute(logicalId, name, path),
      properties,
    };
  };

  return {
    of: (type, schema) => {
      asked.add(type);
      return [...stack.resources]
        .filter(([, resource]) => resource.Type === type)
        .flatMap(([logicalId, resource]) => refusals.attempt(() => read(logicalId, resource.Properties, schema)));
    },
    attempt: refusals.attempt,
    resolve: (value, path) => resolveValue(value, path, scope),
    finish: () => {
      for (const [logicalId, { Type }] of stack.resources) {
        if (asked.has(Type)) continue;
        refusals.attempt(() => {
          throw new TemplateRefused([problemAt([logicalId, 'Type'], `${Type} is not known here`)]);
        });
      }
      refusals.throwIfAny();
    },
  };
};

/** Properties that are accepted because they change nothing about how the parts behave here. */
export const withoutEffect = z.unknown().optional();

export const oneOrMore = <Item extends z.ZodType>(item: Item) =>
  z.union([z.array(item), item.transform((single) => [single])]);

/** CloudFormation takes a number in quotes as well. */
export const numeric = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .transform(Number),
]);

export const integer = (minimum = 0, maximum = Number.MAX_SAFE_INTEGER) =>
  numeric.pipe(z.int().min(minimum).max(maximum));

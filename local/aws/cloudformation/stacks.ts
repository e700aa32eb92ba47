import { AwsError } from '../aws-error.ts';
import type { Stack } from './stack.ts';

/** The stacks of an account. */
export interface Stacks {
  /** By its name while it is there, by its id for ever; throws the ValidationError that there is none. */
  get(nameOrId: string): Stack;
  named(name: string): Stack | undefined;
  add(stack: Stack): void;
  /** Those that are there. */
  all(): Stack[];
  /** What the others export, by name. */
  exportsBeside(name: string): ReadonlyMap<string, { readonly stack: string; readonly value: string }>;
}

export const exportsOf = ({ model }: Stack): [string, string][] =>
  (model?.outputs ?? []).flatMap(({ exportName, value }) => (exportName === undefined ? [] : [[exportName, value]]));

export const createStacks = (): Stacks => {
  const byId = new Map<string, Stack>();
  const all = (): Stack[] => [...byId.values()].filter(({ status }) => status !== 'DELETE_COMPLETE');
  const named = (name: string): Stack | undefined => all().find((stack) => stack.name === name);
  return {
    get: (nameOrId) => {
      const stack = byId.get(nameOrId) ?? named(nameOrId);
      if (stack === undefined) throw new AwsError('ValidationError', `Stack with id ${nameOrId} does not exist`);
      return stack;
    },
    named,
    add: (stack) => void byId.set(stack.id, stack),
    all,
    exportsBeside: (name) =>
      new Map(
        all()
          .filter((stack) => stack.name !== name)
          .flatMap((stack) => exportsOf(stack).map(([key, value]) => [key, { stack: stack.name, value }] as const)),
      ),
  };
};

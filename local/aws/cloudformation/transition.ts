import type { Model } from '../../template/model.ts';
import type { ReadOptions } from '../../template/read-template.ts';
import type { Belongings } from './belongings.ts';
import type { Stack } from './stack.ts';
import type { Stacks } from './stacks.ts';
import { parseTemplate } from './template-text.ts';
import { judge, type Problem, type Verdict } from './verdict.ts';

export interface TransitionOptions {
  readonly stacks: Stacks;
  readonly belongings: Belongings;
  readonly place: Omit<ReadOptions, 'stackName' | 'imports'>;
  /** Puts these models in place of what runs; when it throws, nothing may run. */
  run(models: readonly Model[]): Promise<void>;
}

/** How a stack becomes another, or nothing: wholly, or not at all. */
export interface Transition {
  judge(stack: Stack, template: string): Promise<Verdict>;
  /** Gives what went wrong; then all is as it was. */
  become(stack: Stack, model: Model | undefined): Promise<readonly Problem[]>;
}

export const createTransition = ({ stacks, belongings, place, run }: TransitionOptions): Transition => {
  const modelsBeside = (stack: Stack): Model[] =>
    stacks.all().flatMap((other) => (other === stack || other.model === undefined ? [] : [other.model]));

  const become: Transition['become'] = async (stack, after) => {
    await belongings.refresh();
    const before = stack.model;
    const leaving = before && { before, after, resources: new Map(stack.resources) };
    const takeBack = leaving && belongings.retain(leaving);
    const runBeside = (model: Model | undefined) => run([...modelsBeside(stack), ...(model ? [model] : [])]);
    try {
      await runBeside(after);
    } catch (error) {
      takeBack?.();
      await runBeside(before);
      return [{ logicalId: undefined, reason: error instanceof Error ? error.message : String(error) }];
    }
    stack.model = after;
    if (after !== undefined) belongings.arrive(after);
    if (leaving !== undefined) await belongings.destroy(leaving);
    return [];
  };

  /** All stacks run in one process, so only one of them can become another at a time. */
  let last: Promise<unknown> = Promise.resolve();
  const oneAfterTheOther: Transition['become'] = (stack, after) => {
    const next = last.then(() => become(stack, after));
    last = next.catch(() => undefined);
    return next;
  };

  return {
    judge: async (stack, template) => {
      await belongings.refresh();
      const exports = stacks.exportsBeside(stack.name);
      const imports = Object.fromEntries([...exports].map(([name, { value }]) => [name, value]));
      const beside = { models: modelsBeside(stack), retained: belongings.retained(), exports };
      return judge(parseTemplate(template), { ...place, stackName: stack.name, imports }, beside, stack.model);
    },
    become: oneAfterTheOther,
  };
};

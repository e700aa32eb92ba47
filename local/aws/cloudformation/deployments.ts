import type { Model } from '../../template/model.ts';
import type { ReadOptions } from '../../template/read-template.ts';
import type { StackResource } from '../../template/resources.ts';
import type { Account } from '../account.ts';
import type { Belongings } from './belongings.ts';
import { type DeployedResource, noteResource, noteStack, type Stack } from './stack.ts';
import type { Stacks } from './stacks.ts';
import { parseTemplate } from './template-text.ts';
import { judge, type Problem, type Verdict } from './verdict.ts';

export interface DeploymentOptions {
  readonly account: Account;
  readonly stacks: Stacks;
  readonly belongings: Belongings;
  readonly place: Omit<ReadOptions, 'stackName' | 'imports'>;
  /** Puts these models in place of what runs; when it throws, nothing may run. */
  run(models: readonly Model[]): Promise<void>;
}

export type OnFailure = 'DELETE' | 'DO_NOTHING' | 'ROLLBACK';

/** Carries out what was accepted, event by event, as CloudFormation tells of it. None of them throws. */
export interface Deployments {
  create(stack: Stack, onFailure: OnFailure): Promise<void>;
  /** `wanted` becomes the stack's template only if all goes well. */
  update(stack: Stack, wanted: Pick<Stack, 'template' | 'tags' | 'capabilities'>): Promise<void>;
  remove(stack: Stack): Promise<void>;
}

const names = (problems: readonly Problem[]): string =>
  [...new Set(problems.map(({ logicalId }) => logicalId))].filter((one) => one !== undefined).join(', ');

/** Why a stack as a whole did not get there. */
const summary = (verb: 'create' | 'update', problems: readonly Problem[]): string =>
  names(problems) === ''
    ? problems.map(({ reason }) => reason).join(' ')
    : `The following resource(s) failed to ${verb}: [${names(problems)}].`;

export const createDeployments = (options: DeploymentOptions): Deployments => {
  const { account, stacks, belongings, place, run } = options;

  const modelsBeside = (stack: Stack): Model[] =>
    stacks.all().flatMap((other) => (other === stack || other.model === undefined ? [] : [other.model]));

  const judged = (stack: Stack, template: string): Verdict => {
    const exports = stacks.exportsBeside(stack.name);
    const imports = Object.fromEntries([...exports].map(([name, { value }]) => [name, value]));
    const beside = { models: modelsBeside(stack), retained: belongings.retained(), exports };
    return judge(parseTemplate(template), { ...place, stackName: stack.name, imports }, beside, stack.model);
  };

  /** Runs a model in place of the stack's last one; gives what went wrong, and then the last one runs again. */
  const runInstead = async (stack: Stack, model: Model | undefined): Promise<Problem[]> => {
    const beside = modelsBeside(stack);
    try {
      await run(model === undefined ? beside : [...beside, model]);
      return [];
    } catch (error) {
      await run(stack.model === undefined ? beside : [...beside, stack.model]);
      return [{ logicalId: undefined, reason: String(error) }];
    }
  };

  const reached = async (stack: Stack, { model, problems }: Verdict): Promise<readonly Problem[]> => {
    if (model === undefined) return problems;
    const failed = await runInstead(stack, model);
    if (failed.length > 0) return failed;
    const before = stack.model;
    stack.model = model;
    belongings.arrive(model);
    if (before !== undefined) await belongings.leave(before, model, stack.resources);
    return [];
  };

  const begin = (stack: Stack, resources: readonly StackResource[], verb: 'CREATE' | 'UPDATE'): void => {
    for (const resource of resources) noteResource(stack, resource, `${verb}_IN_PROGRESS`);
  };

  /** Each problem with a resource is an event of its own. */
  const fail = (
    stack: Stack,
    resources: readonly StackResource[],
    problems: readonly Problem[],
    verb: string,
  ): void => {
    for (const { logicalId, reason } of problems) {
      const resource = resources.find((one) => one.logicalId === logicalId);
      if (resource !== undefined) noteResource(stack, resource, `${verb}_FAILED`, reason);
    }
  };

  const dismiss = (stack: Stack, resources: Iterable<DeployedResource>): void => {
    for (const resource of [...resources]) {
      if (resource.retained) noteResource(stack, resource, 'DELETE_SKIPPED');
      else noteResource(stack, resource, 'DELETE_COMPLETE');
    }
  };

  const create: Deployments['create'] = async (stack, onFailure) => {
    noteStack(stack, 'CREATE_IN_PROGRESS', 'User Initiated');
    const verdict = judged(stack, stack.template);
    begin(stack, verdict.resources, 'CREATE');
    const problems = await reached(stack, verdict);
    if (problems.length === 0) {
      for (const resource of verdict.resources) noteResource(stack, resource, 'CREATE_COMPLETE');
      return noteStack(stack, 'CREATE_COMPLETE');
    }
    fail(stack, verdict.resources, problems, 'CREATE');
    const why = summary('create', problems);
    if (onFailure === 'DO_NOTHING') return noteStack(stack, 'CREATE_FAILED', why);
    const verb = onFailure === 'DELETE' ? 'DELETE' : 'ROLLBACK';
    noteStack(stack, `${verb}_IN_PROGRESS`, `${why} ${verb === 'DELETE' ? 'Delete' : 'Rollback'} requested by user.`);
    for (const resource of [...stack.resources.values()]) noteResource(stack, resource, 'DELETE_COMPLETE');
    noteStack(stack, `${verb}_COMPLETE`);
  };

  const update: Deployments['update'] = async (stack, wanted) => {
    stack.updatedAt = new Date();
    noteStack(stack, 'UPDATE_IN_PROGRESS', 'User Initiated');
    const before = new Map(stack.resources);
    const verdict = judged(stack, wanted.template);
    const isNew = ({ logicalId }: StackResource): boolean => !before.has(logicalId);
    const changed = verdict.resources.filter(
      (one) => !isNew(one) && before.get(one.logicalId)?.definition !== one.definition,
    );
    const added = verdict.resources.filter(isNew);
    begin(stack, changed, 'UPDATE');
    begin(stack, added, 'CREATE');
    const problems = await reached(stack, verdict);
    if (problems.length > 0) {
      fail(stack, added, problems, 'CREATE');
      fail(
        stack,
        verdict.resources.filter((one) => !isNew(one)),
        problems,
        'UPDATE',
      );
      noteStack(stack, 'UPDATE_ROLLBACK_IN_PROGRESS', summary('update', problems));
      for (const resource of changed)
        noteResource(stack, before.get(resource.logicalId) ?? resource, 'UPDATE_COMPLETE');
      noteStack(stack, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
      for (const resource of added) noteResource(stack, resource, 'DELETE_COMPLETE');
      return noteStack(stack, 'UPDATE_ROLLBACK_COMPLETE');
    }
    for (const resource of changed) noteResource(stack, resource, 'UPDATE_COMPLETE');
    for (const resource of added) noteResource(stack, resource, 'CREATE_COMPLETE');
    Object.assign(stack, wanted);
    noteStack(stack, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    const kept = new Set(verdict.resources.map(({ logicalId }) => logicalId));
    dismiss(
      stack,
      [...before.values()].filter(({ logicalId }) => !kept.has(logicalId)),
    );
    noteStack(stack, 'UPDATE_COMPLETE');
  };

  const remove: Deployments['remove'] = async (stack) => {
    noteStack(stack, 'DELETE_IN_PROGRESS', 'User Initiated');
    const full = (stack.model?.buckets ?? []).filter(
      ({ logicalId, name }) =>
        !stack.resources.get(logicalId)?.retained && (account.buckets.find(name)?.versions().length ?? 0) > 0,
    );
    if (full.length > 0) {
      const problems = full.map(({ logicalId }) => ({
        logicalId,
        reason: 'The bucket you tried to delete is not empty (Service: S3, Status Code: 409)',
      }));
      fail(stack, [...stack.resources.values()], problems, 'DELETE');
      return noteStack(stack, 'DELETE_FAILED', `The following resource(s) failed to delete: [${names(problems)}].`);
    }
    const before = stack.model;
    await run(modelsBeside(stack));
    if (before !== undefined) await belongings.leave(before, undefined, stack.resources);
    stack.model = undefined;
    dismiss(stack, stack.resources.values());
    noteStack(stack, 'DELETE_COMPLETE');
  };

  return {
    create: (stack, onFailure) => orFail(stack, 'CREATE', create(stack, onFailure)),
    update: (stack, wanted) => orFail(stack, 'UPDATE', update(stack, wanted)),
    remove: (stack) => orFail(stack, 'DELETE', remove(stack)),
  };
};

/** What nobody expected ends the deployment, and is told where one looks. */
const orFail = async (stack: Stack, verb: string, work: Promise<void>): Promise<void> => {
  try {
    await work;
  } catch (error) {
    noteStack(stack, `${verb}_FAILED`, `Internal failure: ${error instanceof Error ? error.message : error}`);
  }
};

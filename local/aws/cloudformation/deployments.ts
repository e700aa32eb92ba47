import type { StackResource } from '../../template/resources.ts';
import type { Buckets } from '../s3/buckets.ts';
import { noteResource, noteStack, type Stack } from './stack.ts';
import type { Transition } from './transition.ts';
import type { Problem } from './verdict.ts';

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
const summary = (verb: 'create' | 'delete' | 'update', problems: readonly Problem[]): string =>
  names(problems) === ''
    ? problems.map(({ reason }) => reason).join(' ')
    : `The following resource(s) failed to ${verb}: [${names(problems)}].`;

const noteAll = (stack: Stack, resources: readonly StackResource[], status: string): void => {
  for (const resource of resources) noteResource(stack, resource, status);
};

/** Each problem with a resource is an event of its own; gives the resources that have one. */
const fail = (
  stack: Stack,
  resources: readonly StackResource[],
  problems: readonly Problem[],
  verb: string,
): StackResource[] =>
  problems.flatMap(({ logicalId, reason }) => {
    const resource = resources.find((one) => one.logicalId === logicalId);
    if (resource === undefined) return [];
    noteResource(stack, resource, `${verb}_FAILED`, reason);
    return [resource];
  });

const dismiss = (stack: Stack, resources: readonly StackResource[]): void => {
  for (const resource of resources) {
    noteResource(stack, resource, resource.retained ? 'DELETE_SKIPPED' : 'DELETE_COMPLETE');
  }
};

/** A bucket with something in it does not go. */
const fullBuckets = ({ model, resources }: Stack, buckets: Buckets): Problem[] =>
  (model?.buckets ?? [])
    .filter(({ logicalId }) => resources.get(logicalId)?.retained !== true)
    .filter(({ name }) => (buckets.find(name)?.versions().length ?? 0) > 0)
    .map(({ logicalId }) => ({
      logicalId,
      reason: 'The bucket you tried to delete is not empty (Service: S3, Status Code: 409)',
    }));

export const createDeployments = (transition: Transition, buckets: Buckets): Deployments => {
  const create: Deployments['create'] = async (stack, onFailure) => {
    noteStack(stack, 'CREATE_IN_PROGRESS', 'User Initiated');
    const { resources, model, problems: refused } = await transition.judge(stack, stack.template);
    noteAll(stack, resources, 'CREATE_IN_PROGRESS');
    const problems = model === undefined ? refused : await transition.become(stack, model);
    if (problems.length === 0) {
      noteAll(stack, resources, 'CREATE_COMPLETE');
      return noteStack(stack, 'CREATE_COMPLETE');
    }
    fail(stack, resources, problems, 'CREATE');
    const why = summary('create', problems);
    if (onFailure === 'DO_NOTHING') return noteStack(stack, 'CREATE_FAILED', why);
    const verb = onFailure === 'DELETE' ? 'DELETE' : 'ROLLBACK';
    noteStack(stack, `${verb}_IN_PROGRESS`, `${why} ${verb === 'DELETE' ? 'Delete' : 'Rollback'} requested by user.`);
    noteAll(stack, [...stack.resources.values()], 'DELETE_COMPLETE');
    noteStack(stack, `${verb}_COMPLETE`);
  };

  const update: Deployments['update'] = async (stack, wanted) => {
    stack.updatedAt = new Date();
    noteStack(stack, 'UPDATE_IN_PROGRESS', 'User Initiated');
    const before = new Map(stack.resources);
    const { resources, model, problems: refused } = await transition.judge(stack, wanted.template);
    const added = resources.filter(({ logicalId }) => !before.has(logicalId));
    const kept = resources.filter(({ logicalId }) => before.has(logicalId));
    const changed = kept.filter(({ logicalId, definition }) => before.get(logicalId)?.definition !== definition);
    noteAll(stack, changed, 'UPDATE_IN_PROGRESS');
    noteAll(stack, added, 'CREATE_IN_PROGRESS');
    const problems = model === undefined ? refused : await transition.become(stack, model);
    if (problems.length > 0) {
      fail(stack, added, problems, 'CREATE');
      const failed = fail(stack, kept, problems, 'UPDATE');
      noteStack(stack, 'UPDATE_ROLLBACK_IN_PROGRESS', summary('update', problems));
      const touched = new Set([...changed, ...failed].map(({ logicalId }) => logicalId));
      noteAll(
        stack,
        [...before.values()].filter(({ logicalId }) => touched.has(logicalId)),
        'UPDATE_COMPLETE',
      );
      noteStack(stack, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
      noteAll(stack, added, 'DELETE_COMPLETE');
      return noteStack(stack, 'UPDATE_ROLLBACK_COMPLETE');
    }
    noteAll(stack, changed, 'UPDATE_COMPLETE');
    noteAll(stack, added, 'CREATE_COMPLETE');
    Object.assign(stack, wanted);
    noteStack(stack, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    const now = new Set(resources.map(({ logicalId }) => logicalId));
    dismiss(
      stack,
      [...before.values()].filter(({ logicalId }) => !now.has(logicalId)),
    );
    noteStack(stack, 'UPDATE_COMPLETE');
  };

  const remove: Deployments['remove'] = async (stack) => {
    noteStack(stack, 'DELETE_IN_PROGRESS', 'User Initiated');
    const full = fullBuckets(stack, buckets);
    const problems = full.length > 0 ? full : await transition.become(stack, undefined);
    if (problems.length > 0) {
      fail(stack, [...stack.resources.values()], problems, 'DELETE');
      return noteStack(stack, 'DELETE_FAILED', summary('delete', problems));
    }
    dismiss(stack, [...stack.resources.values()]);
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

import { randomUUID } from 'node:crypto';
import type { Model } from '../../template/model.ts';
import type { StackResource } from '../../template/resources.ts';

/** What happened to a resource, or to the stack itself. */
export interface StackEvent {
  readonly id: string;
  readonly at: Date;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string | undefined;
}

/** A resource that is there, and how it got there. */
export interface DeployedResource extends StackResource {
  readonly status: string;
  readonly at: Date;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** A stack as it stands. Only its deployments change it. */
export interface Stack {
  readonly name: string;
  readonly id: string;
  readonly createdAt: Date;
  updatedAt: Date | undefined;
  status: string;
  reason: string | undefined;
  /** The text of the template that was deployed last with success, or that is being created. */
  template: string;
  tags: readonly Tag[];
  capabilities: readonly string[];
  /** What runs of it; undefined before it was created and after it failed to be. */
  model: Model | undefined;
  readonly resources: Map<string, DeployedResource>;
  /** Oldest first. */
  readonly events: StackEvent[];
}

export const stackType = 'AWS::CloudFormation::Stack';

export type Given = Pick<Stack, 'name' | 'template' | 'tags' | 'capabilities'>;

export const createStack = (given: Given, arn: string): Stack => ({
  ...given,
  id: `${arn}:stack/${given.name}/${randomUUID()}`,
  createdAt: new Date(),
  updatedAt: undefined,
  status: '',
  reason: undefined,
  model: undefined,
  resources: new Map(),
  events: [],
});

/** Says what became of the stack itself. */
export const noteStack = (stack: Stack, status: string, reason?: string): void => {
  stack.status = status;
  stack.reason = reason;
  note(stack, { logicalId: stack.name, physicalId: stack.id, type: stackType }, status, reason);
};

/** Says what became of a resource, whether it stays there or not. */
export const noteResource = (stack: Stack, resource: StackResource, status: string, reason?: string): void => {
  if (status === 'DELETE_COMPLETE' || status === 'DELETE_SKIPPED') stack.resources.delete(resource.logicalId);
  else stack.resources.set(resource.logicalId, { ...resource, status, at: new Date() });
  note(stack, resource, status, reason);
};

const note = (
  stack: Stack,
  { logicalId, physicalId, type }: Pick<StackResource, 'logicalId' | 'physicalId' | 'type'>,
  status: string,
  reason?: string,
): void => {
  stack.events.push({ id: randomUUID(), at: new Date(), logicalId, physicalId, type, status, reason });
};

/** While it changes, nobody else may change it. */
export const isChanging = ({ status }: Stack): boolean => status.endsWith('_IN_PROGRESS');

const updatable = new Set(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE']);

export const isUpdatable = ({ status }: Stack): boolean => updatable.has(status);

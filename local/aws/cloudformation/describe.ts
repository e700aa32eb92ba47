import { AwsError } from '../aws-error.ts';
import { members, type XmlContent } from '../xml/write.ts';
import { type DeployedResource, type Stack, type StackEvent, stackType } from './stack.ts';

export const describeStack = (stack: Stack): XmlContent => ({
  StackId: stack.id,
  StackName: stack.name,
  CreationTime: stack.createdAt.toISOString(),
  LastUpdatedTime: stack.updatedAt?.toISOString(),
  StackStatus: stack.status,
  StackStatusReason: stack.reason,
  DisableRollback: false,
  EnableTerminationProtection: false,
  Capabilities: members(stack.capabilities),
  Tags: members(stack.tags.map(({ Key, Value }) => ({ Key, Value }))),
  Outputs: members(
    (stack.model?.outputs ?? []).map(({ logicalId, value, exportName }) => ({
      OutputKey: logicalId,
      OutputValue: value,
      ExportName: exportName,
    })),
  ),
});

export const describeEvent = (stack: Stack, event: StackEvent): XmlContent => ({
  StackId: stack.id,
  EventId: event.id,
  StackName: stack.name,
  LogicalResourceId: event.type === stackType ? stack.name : event.logicalId,
  PhysicalResourceId: event.physicalId,
  ResourceType: event.type,
  Timestamp: event.at.toISOString(),
  ResourceStatus: event.status,
  ResourceStatusReason: event.reason,
});

/** `clock` is what the time is called in the answer of the action. */
export const describeResource = (
  { logicalId, physicalId, type, status, at }: DeployedResource,
  clock: 'LastUpdatedTimestamp' | 'Timestamp',
): { readonly [name: string]: XmlContent } => ({
  LogicalResourceId: logicalId,
  PhysicalResourceId: physicalId,
  ResourceType: type,
  [clock]: at.toISOString(),
  ResourceStatus: status,
});

const pageSize = 100;

/** A page of a list, and the token of the next: CloudFormation gives a hundred at once. */
export const pageOf = <Item>(items: readonly Item[], token = '0'): { page: Item[]; NextToken: string | undefined } => {
  if (!/^\d{1,9}$/.test(token)) throw new AwsError('ValidationError', 'NextToken is invalid');
  const end = Number(token) + pageSize;
  return { page: items.slice(Number(token), end), NextToken: end < items.length ? String(end) : undefined };
};

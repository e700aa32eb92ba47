import { generatedName } from './identities.ts';
import { collectRefusals } from './refusal.ts';
import { createScope, type Stack } from './scope.ts';

/** A resource as CloudFormation lists it. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  readonly retained: boolean;
  /** What would have to be another for an update to touch it. */
  readonly definition: string;
}

/** The resources of a stack by their physical ids; one whose name cannot be told has a made-up one. */
export const readResources = (stack: Stack): StackResource[] => {
  const scope = createScope(stack);
  return [...stack.resources].map(([logicalId, resource]) => {
    const [physicalId] = collectRefusals().attempt(() => scope.ref(logicalId, [logicalId]));
    return {
      logicalId,
      type: resource.Type,
      physicalId: physicalId ?? generatedName(resource.Type, logicalId, stack.place.stackName),
      retained: resource.DeletionPolicy === 'Retain',
      definition: JSON.stringify(resource),
    };
  });
};

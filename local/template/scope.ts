import * as z from 'zod';
import { generatedName, identities, type Named, type Place } from './identities.ts';
import { resolveValue, type Scope } from './intrinsics.ts';
import { type Path, parseAt, refuse } from './refusal.ts';

/** A resource as the template has it; whatever else stands beside its properties is refused. */
export const rawResource = z.strictObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.unknown().optional(),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
});

export type RawResource = z.output<typeof rawResource>;

export interface Stack {
  readonly resources: ReadonlyMap<string, RawResource>;
  readonly place: Place;
  /** Values of `Fn::ImportValue` by export name. */
  readonly imports: Readonly<Record<string, string>>;
}

const pseudoParameters: Readonly<Record<string, (place: Place) => string>> = {
  'AWS::AccountId': ({ account }) => account,
  'AWS::Region': ({ region }) => region,
  'AWS::Partition': ({ partition }) => partition,
  'AWS::StackName': ({ stackName }) => stackName,
  'AWS::StackId': ({ partition, region, account, stackName }) =>
    `arn:${partition}:cloudformation:${region}:${account}:stack/${stackName}/local`,
  'AWS::URLSuffix': ({ urlSuffix }) => urlSuffix,
};

/** Resolves references of a stack, following them through names that are themselves made of references. */
export const createScope = ({ resources, place, imports }: Stack): Scope & { named(logicalId: string): Named } => {
  const following = new Set<string>();

  const property = (logicalId: string, key: string): string | undefined => {
    const path = [logicalId, 'Properties', key];
    const trail = path.join('.');
    if (following.has(trail)) refuse(path, 'refers to itself');
    following.add(trail);
    try {
      const value = resolveValue(resources.get(logicalId)?.Properties[key], path, scope);
      return value === undefined ? undefined : parseAt(z.string(), value, path);
    } finally {
      following.delete(trail);
    }
  };

  const named = (logicalId: string): Named => {
    const type = resources.get(logicalId)?.Type ?? '';
    const nameProperty = identities[type]?.nameProperty;
    const given = nameProperty === undefined ? undefined : property(logicalId, nameProperty);
    const name = given ?? generatedName(type, logicalId, place.stackName);
    return { name, place, property: (key) => property(logicalId, key) };
  };

  const identityOf = (logicalId: string, path: Path) => {
    const resource = resources.get(logicalId) ?? refuse(path, `there is no resource ${logicalId}`);
    return identities[resource.Type] ?? refuse(path, `${logicalId} is of a type that is not known: ${resource.Type}`);
  };

  const scope = {
    ref: (name: string, path: Path): string => {
      const pseudo = pseudoParameters[name];
      if (pseudo !== undefined) return pseudo(place);
      return identityOf(name, path).ref(named(name));
    },
    attribute: (logicalId: string, attribute: string, path: Path): string => {
      const get = identityOf(logicalId, path).attributes[attribute];
      return get?.(named(logicalId)) ?? refuse(path, `${logicalId} has no attribute ${attribute} here`);
    },
    imported: (exportName: string, path: Path): string =>
      imports[exportName] ?? refuse(path, `no value is given for the import ${exportName}`),
    named,
  };
  return scope;
};

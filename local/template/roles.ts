import * as z from 'zod';
import type { PolicyStatement, Role } from './model.ts';
import { oneOrMore, type Reader, withoutEffect } from './reader.ts';

const statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore(z.string()),
  Resource: oneOrMore(z.string()),
});

export const policyDocument = <Statement extends z.ZodType>(of: Statement) =>
  z.strictObject({ Version: z.string().optional(), Id: z.string().optional(), Statement: oneOrMore(of) });

const role = z.strictObject({
  RoleName: z.string().optional(),
  Path: z.literal('/').optional(),
  Description: withoutEffect,
  AssumeRolePolicyDocument: policyDocument(
    z.strictObject({
      Effect: z.literal('Allow'),
      Principal: z.strictObject({ Service: oneOrMore(z.string()) }),
      Action: oneOrMore(z.literal('sts:AssumeRole')),
    }),
  ),
  Policies: z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument: policyDocument(statement) })).default([]),
  ManagedPolicyArns: z.array(z.string()).max(0, 'managed policies are not known here').optional(),
  Tags: withoutEffect,
});

const toStatement = ({ Effect, Action, Resource }: z.output<typeof statement>): PolicyStatement => ({
  effect: Effect,
  actions: Action,
  resources: Resource,
});

/** A policy beside its roles. */
const policy = z.strictObject({
  PolicyName: z.string(),
  PolicyDocument: policyDocument(statement),
  Roles: z.array(z.string()).min(1),
});

/** What policies beside them add to roles, by the roles' names. */
const readPolicies = (reader: Reader): ((role: string) => PolicyStatement[]) => {
  const policies = reader.of('AWS::IAM::Policy', policy).map(({ properties }) => properties);
  return (role) =>
    policies
      .filter(({ Roles }) => Roles.includes(role))
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement.map(toStatement));
};

/** The roles of the stack by their ARN. */
export const readRoles = (reader: Reader): ReadonlyMap<string, Role> => {
  const addedTo = readPolicies(reader);
  return new Map(
    reader.of('AWS::IAM::Role', role).map(({ name, attribute, properties }) => {
      const own = properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement.map(toStatement));
      return [attribute('Arn'), { name, arn: attribute('Arn'), statements: [...own, ...addedTo(name)] }];
    }),
  );
};

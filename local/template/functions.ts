import * as z from 'zod';
import { functionArnOf, type Place } from './identities.ts';
import type { AsynchronousConfig, LambdaFunction, Permission, Role } from './model.ts';
import { integer, type Reader, type Resource, withoutEffect } from './reader.ts';
import { refuse } from './refusal.ts';
import type { Uploads } from './uploads.ts';

const lambdaFunction = z.strictObject({
  FunctionName: z.string().optional(),
  Description: withoutEffect,
  Code: z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
  Handler: z.string(),
  Runtime: z.string().regex(/^nodejs\d+\.x$/, 'must be a Node.js runtime'),
  Architectures: withoutEffect,
  MemorySize: integer().default(128),
  Timeout: integer(1, 900).default(3),
  EphemeralStorage: withoutEffect,
  ReservedConcurrentExecutions: integer().optional(),
  Environment: z
    .strictObject({ Variables: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)) })
    .default({ Variables: {} }),
  Layers: z.array(z.string()).max(1, 'may name one layer here: that with git').default([]),
  Role: z.string(),
  VpcConfig: z
    .strictObject({
      SubnetIds: z.array(z.string().startsWith('subnet-')).min(1),
      SecurityGroupIds: z.array(z.string().startsWith('sg-')).min(1),
    })
    .optional(),
  LoggingConfig: z
    .strictObject({ LogGroup: z.string().optional(), LogFormat: z.literal('Text').optional() })
    .optional(),
  TracingConfig: withoutEffect,
  Tags: withoutEffect,
});

const version = z.strictObject({ FunctionName: z.string(), CodeSha256: withoutEffect, Description: withoutEffect });

const layerVersion = z.strictObject({
  LayerName: z.string().optional(),
  Description: withoutEffect,
  LicenseInfo: withoutEffect,
  CompatibleArchitectures: withoutEffect,
  CompatibleRuntimes: withoutEffect,
  Content: z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
});

const eventInvokeConfig = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.literal('$LATEST'),
  MaximumRetryAttempts: integer(0, 2).default(2),
  MaximumEventAgeInSeconds: integer(60, 21_600).default(21_600),
  DestinationConfig: z.strictObject({ OnFailure: z.strictObject({ Destination: z.string() }).optional() }).default({}),
});

const permission = z.strictObject({
  FunctionName: z.string(),
  Action: z.literal('lambda:InvokeFunction'),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.string().optional(),
});

/** Lambda's own defaults: two retries, and six hours until an event is too old. */
const unconfigured: AsynchronousConfig = {
  maximumRetryAttempts: 2,
  maximumEventAgeSeconds: 21_600,
  onFailure: undefined,
};

const asynchronousConfigs = (reader: Reader, place: Place): ReadonlyMap<string, AsynchronousConfig> =>
  new Map(
    reader.of('AWS::Lambda::EventInvokeConfig', eventInvokeConfig).map(({ properties }) => [
      functionArnOf(properties.FunctionName, place),
      {
        maximumRetryAttempts: properties.MaximumRetryAttempts,
        maximumEventAgeSeconds: properties.MaximumEventAgeInSeconds,
        onFailure: properties.DestinationConfig.OnFailure?.Destination,
      },
    ]),
  );

const toFunction = (
  { logicalId, path, name, attribute, properties }: Resource<z.output<typeof lambdaFunction>>,
  roles: ReadonlyMap<string, Role>,
  configs: ReadonlyMap<string, AsynchronousConfig>,
  uploads: Uploads,
): LambdaFunction => ({
  logicalId,
  name,
  arn: attribute('Arn'),
  artifact: uploads.artifactOf(properties.Code.S3Bucket, properties.Code.S3Key, [...path, 'Code']),
  handler: properties.Handler,
  runtime: properties.Runtime,
  environment: properties.Environment.Variables,
  timeoutSeconds: properties.Timeout,
  memoryMb: properties.MemorySize,
  reservedConcurrency: properties.ReservedConcurrentExecutions,
  logGroup: properties.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
  layers: properties.Layers.map((layer) => uploads.resolved(layer, [...path, 'Layers'])),
  network: properties.VpcConfig && {
    subnets: properties.VpcConfig.SubnetIds,
    securityGroups: properties.VpcConfig.SecurityGroupIds,
  },
  role: roles.get(properties.Role) ?? refuse([...path, 'Role'], `${properties.Role} is no role of this stack`),
  asynchronous: configs.get(attribute('Arn')) ?? unconfigured,
});

/** Layers are uploaded, and not loaded: the machine's own programs stand in for what is in them. */
export const checkLayers = (reader: Reader, uploads: Uploads): void => {
  for (const { path, properties } of reader.of('AWS::Lambda::LayerVersion', layerVersion)) {
    const { S3Bucket, S3Key } = properties.Content;
    reader.attempt(() => uploads.artifactOf(S3Bucket, S3Key, [...path, 'Content']));
  }
};

export const readFunctions = (
  reader: Reader,
  roles: ReadonlyMap<string, Role>,
  place: Place,
  uploads: Uploads,
): LambdaFunction[] => {
  const configs = asynchronousConfigs(reader, place);
  reader.of('AWS::Lambda::Version', version);
  return reader
    .of('AWS::Lambda::Function', lambdaFunction)
    .flatMap((resource) => reader.attempt(() => toFunction(resource, roles, configs, uploads)));
};

export const readPermissions = (reader: Reader, place: Place): Permission[] =>
  reader.of('AWS::Lambda::Permission', permission).map(({ logicalId, properties }) => ({
    logicalId,
    functionArn: functionArnOf(properties.FunctionName, place),
    principal: properties.Principal,
    sourceArn: properties.SourceArn,
    sourceAccount: properties.SourceAccount,
  }));

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { readBuckets } from './buckets.ts';
import { inconsistencies } from './checks.ts';
import { readBuses, readBusPolicies, readRules } from './events.ts';
import { checkLayers, readFunctions, readPermissions } from './functions.ts';
import { readHttpApi } from './http-api.ts';
import type { Place } from './identities.ts';
import type { LogGroup, Model, Output } from './model.ts';
import { readOperations } from './operations.ts';
import { readParameters } from './parameters.ts';
import { readQueueMappings, readQueuePolicies, readQueues } from './queues.ts';
import { createReader, integer, type Reader, withoutEffect } from './reader.ts';
import { parseAt, problemAt, TemplateRefused } from './refusal.ts';
import { readRoles } from './roles.ts';
import { rawResource, type Stack } from './scope.ts';
import { readTables } from './tables.ts';
import { beside, type Uploads } from './uploads.ts';

export interface ReadOptions {
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
  /** What queue URLs begin with; AWS's own by default. */
  readonly queueUrlBase?: string;
  /** What other stacks export: values by export name. */
  readonly imports?: Readonly<Record<string, string>>;
  /** Where the zips are; without it, beside the template. */
  readonly uploads?: Uploads;
}

const output = z.strictObject({
  Description: z.string().optional(),
  Value: z.unknown(),
  Export: z.strictObject({ Name: z.unknown() }).optional(),
});

const template = z.strictObject({
  AWSTemplateFormatVersion: z.literal('2010-09-09').optional(),
  Description: z.string().optional(),
  Resources: z.record(z.string(), rawResource),
  Outputs: z.record(z.string(), output).default({}),
});

const logGroup = z.strictObject({
  LogGroupName: z.string().optional(),
  RetentionInDays: integer().optional(),
  Tags: withoutEffect,
});

const readLogGroups = (reader: Reader): LogGroup[] =>
  reader
    .of('AWS::Logs::LogGroup', logGroup)
    .map(({ logicalId, name, properties }) => ({ logicalId, name, retentionDays: properties.RetentionInDays }));

const readOutputs = (reader: Reader, outputs: z.output<typeof template>['Outputs']): Output[] =>
  Object.entries(outputs).flatMap(([logicalId, { Value, Export }]) =>
    reader.attempt(() => {
      const at = (key: string, value: unknown): string => {
        const path = ['Outputs', logicalId, key];
        return parseAt(z.coerce.string(), reader.resolve(value, path), path);
      };
      return { logicalId, value: at('Value', Value), exportName: Export && at('Export', Export.Name) };
    }),
  );

const placeOf = ({ account, region, stackName, queueUrlBase }: ReadOptions): Place => ({
  account,
  region,
  stackName,
  partition: 'aws',
  urlSuffix: 'amazonaws.com',
  queueUrlBase: queueUrlBase ?? `https://sqs.${region}.amazonaws.com`,
});

/** A template that is not read yet, with what is needed to. */
export const parseStack = (json: unknown, options: ReadOptions) => {
  const { Resources, Outputs } = parseAt(template, json, []);
  const stack: Stack = {
    resources: new Map(Object.entries(Resources)),
    place: placeOf(options),
    imports: options.imports ?? {},
  };
  return { stack, outputs: Outputs };
};

/**
 * The model of a packaged template: the folder that `serverless package` wrote, or the template itself (then artifacts
 * stay file names). Throws TemplateRefused with everything that cannot be run here.
 */
export const readTemplate = (source: string | object, options: ReadOptions): Model => {
  const folder = typeof source === 'string' ? resolve(source) : undefined;
  const json: unknown = folder === undefined ? source : readPackaged(folder);
  const { stack, outputs } = parseStack(json, options);
  const { place } = stack;
  const reader = createReader(stack);
  const queues = readQueues(reader, place);
  const uploads = options.uploads ?? beside(folder);
  checkLayers(reader, uploads);
  const model: Model = {
    account: place.account,
    region: place.region,
    partition: place.partition,
    stackName: place.stackName,
    functions: readFunctions(reader, readRoles(reader), place, uploads),
    permissions: readPermissions(reader, place),
    buses: readBuses(reader),
    busPolicies: readBusPolicies(reader),
    ...readRules(reader),
    queues,
    queuePolicies: readQueuePolicies(reader, queues),
    queueMappings: readQueueMappings(reader, place),
    httpApi: readHttpApi(reader),
    tables: readTables(reader),
    buckets: readBuckets(reader),
    parameters: readParameters(reader),
    logGroups: readLogGroups(reader),
    operations: readOperations(reader),
    outputs: readOutputs(reader, outputs),
  };
  reader.finish();
  const unpackaged = model.functions
    .filter(({ artifact }) => folder !== undefined && !existsSync(artifact))
    .map(({ logicalId, artifact }) => problemAt([logicalId, 'Code'], `${artifact} is not there`));
  const problems = [...inconsistencies(model, Object.values(options.imports ?? {})), ...unpackaged];
  if (problems.length > 0) throw new TemplateRefused(problems);
  return model;
};

const readPackaged = (folder: string): unknown =>
  JSON.parse(readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8'));

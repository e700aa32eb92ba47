import * as z from 'zod';
import type { Place } from './identities.ts';
import { functionArnOf } from './identities.ts';
import type { Condition, Queue, QueueMapping, QueuePolicyStatement } from './model.ts';
import { integer, oneOrMore, type Reader, withoutEffect } from './reader.ts';
import { policyDocument } from './roles.ts';

const queue = z.strictObject({
  QueueName: z.string().optional(),
  VisibilityTimeout: integer(0, 43_200).default(30),
  DelaySeconds: integer(0, 900).default(0),
  ReceiveMessageWaitTimeSeconds: integer(0, 20).default(0),
  MaximumMessageSize: integer(1024, 1_048_576).default(1_048_576),
  MessageRetentionPeriod: integer(60, 1_209_600).default(345_600),
  RedrivePolicy: z.strictObject({ deadLetterTargetArn: z.string(), maxReceiveCount: integer(1, 1000) }).optional(),
  SqsManagedSseEnabled: withoutEffect,
  Tags: withoutEffect,
});

const conditionValues = z.strictObject({
  'aws:SourceArn': oneOrMore(z.string()).optional(),
  'aws:SourceAccount': oneOrMore(z.string()).optional(),
});

const statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.union([
    z.literal('*').transform((any) => [any]),
    z.strictObject({ Service: oneOrMore(z.string()) }).transform(({ Service }) => Service),
  ]),
  Action: oneOrMore(z.string()),
  Resource: oneOrMore(z.string()),
  Condition: z
    .strictObject({
      ArnEquals: conditionValues.optional(),
      ArnLike: conditionValues.optional(),
      StringEquals: conditionValues.optional(),
      StringLike: conditionValues.optional(),
    })
    .default({}),
});

const queuePolicy = z.strictObject({ Queues: z.array(z.string()), PolicyDocument: policyDocument(statement) });

const eventSourceMapping = z
  .strictObject({
    EventSourceArn: z.string(),
    FunctionName: z.string(),
    Enabled: z.literal(true).default(true),
    BatchSize: integer(1, 10_000).default(10),
    MaximumBatchingWindowInSeconds: integer(0, 300).default(0),
    FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
    ScalingConfig: z.strictObject({ MaximumConcurrency: integer(2, 1000) }).optional(),
    Tags: withoutEffect,
  })
  .refine(({ BatchSize, MaximumBatchingWindowInSeconds }) => BatchSize <= 10 || MaximumBatchingWindowInSeconds >= 1, {
    path: ['MaximumBatchingWindowInSeconds'],
    message: 'must be at least 1 when the batch size is greater than 10',
  });

export const readQueues = (reader: Reader, { account }: Place): Queue[] =>
  reader.of('AWS::SQS::Queue', queue).map(({ logicalId, name, ref, attribute, properties }) => ({
    logicalId,
    name,
    arn: attribute('Arn'),
    url: ref,
    urlPath: `/${account}/${name}`,
    visibilityTimeoutSeconds: properties.VisibilityTimeout,
    delaySeconds: properties.DelaySeconds,
    receiveWaitSeconds: properties.ReceiveMessageWaitTimeSeconds,
    maximumMessageBytes: properties.MaximumMessageSize,
    retentionSeconds: properties.MessageRetentionPeriod,
    redrive: properties.RedrivePolicy && {
      deadLetterArn: properties.RedrivePolicy.deadLetterTargetArn,
      maxReceiveCount: properties.RedrivePolicy.maxReceiveCount,
    },
  }));

const operators = ['ArnEquals', 'ArnLike', 'StringEquals', 'StringLike'] as const;
const conditionKeys = ['aws:SourceArn', 'aws:SourceAccount'] as const;

const toConditions = (raw: z.output<typeof statement>['Condition']): Condition[] =>
  operators.flatMap((operator) =>
    conditionKeys.flatMap((key) => {
      const values = raw[operator]?.[key];
      return values === undefined ? [] : [{ operator, key, values }];
    }),
  );

/** A policy speaks only for the queues it is attached to. */
export const readQueuePolicies = (reader: Reader, queues: readonly Queue[]): QueuePolicyStatement[] =>
  reader.of('AWS::SQS::QueuePolicy', queuePolicy).flatMap(({ properties }) => {
    const attached = queues.filter(({ url }) => properties.Queues.includes(url)).map(({ arn }) => arn);
    return properties.PolicyDocument.Statement.map(({ Effect, Principal, Action, Resource, Condition }) => ({
      effect: Effect,
      principals: Principal,
      actions: Action,
      queues: attached,
      resources: Resource,
      conditions: toConditions(Condition),
    }));
  });

export const readQueueMappings = (reader: Reader, place: Place): QueueMapping[] =>
  reader.of('AWS::Lambda::EventSourceMapping', eventSourceMapping).map(({ logicalId, properties }) => ({
    logicalId,
    queueArn: properties.EventSourceArn,
    functionArn: functionArnOf(properties.FunctionName, place),
    batchSize: properties.BatchSize,
    windowSeconds: properties.MaximumBatchingWindowInSeconds,
    maximumConcurrency: properties.ScalingConfig?.MaximumConcurrency,
    reportBatchItemFailures: properties.FunctionResponseTypes.length > 0,
  }));

import * as z from 'zod';
import { problemsOf as problemsOfPattern } from '../eventbridge/pattern.ts';
import { readAlarms } from './alarms.ts';
import { readDashboards } from './dashboards.ts';
import type { Archive, Operations, Topic } from './model.ts';
import { integer, type Reader, type Resource, withoutEffect } from './reader.ts';
import { refuse } from './refusal.ts';

const archive = z.strictObject({
  ArchiveName: z
    .string()
    .regex(/^[.\-_A-Za-z0-9]{1,48}$/, 'must be 1 to 48 letters, digits, dots, dashes or underscores')
    .optional(),
  Description: z.string().max(512).optional(),
  SourceArn: z.string(),
  EventPattern: z.record(z.string(), z.unknown()).default({}),
  RetentionDays: integer().default(0),
});

const toArchive = ({ logicalId, path, name, attribute, properties }: Resource<z.output<typeof archive>>): Archive => {
  const { SourceArn: busArn, EventPattern: pattern, RetentionDays: retentionDays } = properties;
  const problems = Object.keys(pattern).length === 0 ? [] : problemsOfPattern(pattern);
  if (problems.length > 0) refuse([...path, 'EventPattern'], problems.join('; '));
  return { logicalId, name, arn: attribute('Arn'), busArn, pattern, retentionDays };
};

const topic = z.strictObject({ TopicName: z.string().optional(), DisplayName: withoutEffect, Tags: withoutEffect });

const subscription = z.strictObject({
  TopicArn: z.string(),
  Protocol: z.literal('email', 'must be email: no other subscriber is known here'),
  Endpoint: z.string().regex(/^[^\s@]+@[^\s@]+$/, 'must be an address'),
});

const readTopics = (reader: Reader): Topic[] => {
  const subscriptions = reader.of('AWS::SNS::Subscription', subscription).map(({ properties }) => properties);
  return reader.of('AWS::SNS::Topic', topic).map(({ logicalId, ref }) => ({
    logicalId,
    arn: ref,
    emails: subscriptions.filter(({ TopicArn }) => TopicArn === ref).map(({ Endpoint }) => Endpoint),
  }));
};

export const readOperations = (reader: Reader): Operations => ({
  alarms: readAlarms(reader),
  dashboards: readDashboards(reader),
  archives: reader.of('AWS::Events::Archive', archive).flatMap((resource) => reader.attempt(() => toArchive(resource))),
  topics: readTopics(reader),
});

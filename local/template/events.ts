import * as z from 'zod';
import { busNameOf } from './identities.ts';
import type { Bus, BusPolicy, Rule, Schedule, Target } from './model.ts';
import { integer, oneOrMore, type Reader, withoutEffect } from './reader.ts';
import { refuse } from './refusal.ts';

const eventBus = z.strictObject({ Name: z.string(), Description: withoutEffect, Tags: withoutEffect });

/** EventBridge's defaults: 185 retries in a day. */
const retryPolicy = z.strictObject({
  MaximumRetryAttempts: integer(0, 185).default(185),
  MaximumEventAgeInSeconds: integer(60, 86_400).default(86_400),
});

const target = z.strictObject({
  Id: z.string(),
  Arn: z.string(),
  DeadLetterConfig: z.strictObject({ Arn: z.string().optional() }).optional(),
  RetryPolicy: retryPolicy.optional(),
});

/** `rate(1 minute)`, `rate(2 hours)`: of one the unit is in the singular; or a cron of six fields, of which one of the days is `?`. */
const schedule =
  /^(rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)|cron\(\S+ \S+ (\? \S+ [^\s?]+|[^\s?]+ \S+ \?) \S+\))$/;

const rule = z.strictObject({
  Name: z.string().optional(),
  Description: withoutEffect,
  EventBusName: z.string().optional(),
  EventPattern: z.record(z.string(), z.unknown()).optional(),
  ScheduleExpression: z.string().regex(schedule, 'is neither rate(<n> <unit>) nor cron(<six fields>)').optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: z.array(target).max(5, 'a rule has at most five targets').default([]),
  Tags: withoutEffect,
});

/** What is known of policies: that accounts may put events of some sources. */
const busPolicy = z.strictObject({
  EventBusName: z.string().optional(),
  StatementId: z.string(),
  Statement: z.strictObject({
    Effect: z.literal('Allow'),
    Principal: z.strictObject({ AWS: oneOrMore(z.string().regex(/^arn:[^:]+:iam::\d{12}:root$/)) }),
    Action: z.literal('events:PutEvents'),
    Resource: z.string(),
    Condition: z.strictObject({ StringEquals: z.strictObject({ 'events:source': oneOrMore(z.string()) }) }),
  }),
});

const toTarget = ({ Id, Arn, DeadLetterConfig, RetryPolicy }: z.output<typeof target>): Target => {
  const policy = RetryPolicy ?? retryPolicy.parse({});
  return {
    id: Id,
    arn: Arn,
    ...(DeadLetterConfig?.Arn !== undefined && { deadLetterArn: DeadLetterConfig.Arn }),
    maximumRetryAttempts: policy.MaximumRetryAttempts,
    maximumEventAgeSeconds: policy.MaximumEventAgeInSeconds,
  };
};

export const readBuses = (reader: Reader): Bus[] =>
  reader
    .of('AWS::Events::EventBus', eventBus)
    .map(({ logicalId, name, attribute }) => ({ logicalId, name, arn: attribute('Arn') }));

export const readBusPolicies = (reader: Reader): BusPolicy[] =>
  reader.of('AWS::Events::EventBusPolicy', busPolicy).map(
    ({
      properties: {
        EventBusName,
        Statement: { Principal, Condition },
      },
    }) => ({
      bus: busNameOf(EventBusName),
      accounts: Principal.AWS.map((arn) => arn.split(':')[4] ?? ''),
      sources: Condition.StringEquals['events:source'],
    }),
  );

const isOnDefaultBus = (bus: string | undefined): boolean => bus === undefined || busNameOf(bus) === 'default';

/** Rules by what makes them fire: events that match, or the clock. AWS would take both in one; nothing here needs that. */
export const readRules = (reader: Reader): { rules: Rule[]; schedules: Schedule[] } => {
  const rules: Rule[] = [];
  const schedules: Schedule[] = [];
  for (const { logicalId, path, name, attribute, properties } of reader.of('AWS::Events::Rule', rule)) {
    reader.attempt(() => {
      const { EventBusName, EventPattern: pattern, ScheduleExpression: expression, State, Targets } = properties;
      const common = {
        logicalId,
        name,
        arn: attribute('Arn'),
        bus: busNameOf(EventBusName),
        enabled: State === 'ENABLED',
        targets: Targets.map(toTarget),
      };
      if ((pattern === undefined) === (expression === undefined))
        refuse(path, 'must have either an EventPattern or a ScheduleExpression');
      if (pattern !== undefined) rules.push({ ...common, pattern });
      if (expression === undefined) return;
      if (!isOnDefaultBus(EventBusName)) refuse([...path, 'EventBusName'], 'a schedule runs on the default bus alone');
      schedules.push({ ...common, expression });
    });
  }
  return { rules, schedules };
};

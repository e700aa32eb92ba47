import * as z from 'zod';
import type { Alarm } from './model.ts';
import { integer, type Reader, type Resource, withoutEffect } from './reader.ts';

/** CloudWatch takes these and multiples of 60. Seconds. */
const period = integer(10).refine((seconds) => [10, 20, 30].includes(seconds) || seconds % 60 === 0, {
  message: 'must be 10, 20, 30 or a multiple of 60',
});

const metricStat = z.strictObject({
  Metric: z.strictObject({
    Namespace: z.string(),
    MetricName: z.string(),
    Dimensions: z.array(z.strictObject({ Name: z.string(), Value: z.string() })).max(30),
  }),
  Period: period,
  Stat: z.string().regex(/^(Sum|Average|Minimum|Maximum|SampleCount|p\d{1,2}(\.\d+)?)$/, 'is not a statistic'),
});

const metricQuery = z.union([
  z.strictObject({ Id: z.string(), MetricStat: metricStat, ReturnData: z.boolean() }),
  z.strictObject({ Id: z.string(), Label: withoutEffect, Expression: z.string(), ReturnData: z.boolean() }),
]);

type MetricQuery = z.output<typeof metricQuery>;

const isMetric = (query: MetricQuery) => 'MetricStat' in query;

const alarm = z
  .strictObject({
    AlarmName: z.string().max(255).optional(),
    AlarmDescription: z.string().max(1024).default(''),
    Metrics: z
      .array(metricQuery)
      .min(1)
      .refine((queries) => queries.filter(isMetric).length <= 10, 'may name ten metrics')
      .refine((queries) => queries.filter(({ ReturnData }) => ReturnData).length === 1, 'must return one of them')
      .refine((queries) => new Set(queries.map(({ Id }) => Id)).size === queries.length, 'must have ids of their own')
      .refine((queries) => queries.every(({ Id }) => /^[a-z]\w*$/.test(Id)), 'must have ids that begin in lower case'),
    ComparisonOperator: z.enum([
      'GreaterThanThreshold',
      'GreaterThanOrEqualToThreshold',
      'LessThanThreshold',
      'LessThanOrEqualToThreshold',
    ]),
    Threshold: z.number(),
    EvaluationPeriods: integer(1),
    DatapointsToAlarm: integer(1).optional(),
    TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']).optional(),
    AlarmActions: z.array(z.string()).max(5).default([]),
    OKActions: z.array(z.string()).max(5).default([]),
    Tags: withoutEffect,
  })
  .refine(({ DatapointsToAlarm = 1, EvaluationPeriods }) => DatapointsToAlarm <= EvaluationPeriods, {
    path: ['DatapointsToAlarm'],
    message: 'must not be more than EvaluationPeriods',
  });

const toAlarm = ({ logicalId, name, properties }: Resource<z.output<typeof alarm>>): Alarm => ({
  logicalId,
  name,
  description: properties.AlarmDescription,
  metrics: properties.Metrics.flatMap((query) => {
    if (!('MetricStat' in query)) return [];
    const { Namespace, MetricName, Dimensions } = query.MetricStat.Metric;
    const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
    return [{ namespace: Namespace, name: MetricName, dimensions }];
  }),
  expression: properties.Metrics.flatMap((query) => ('Expression' in query ? query.Expression : []))[0],
  actions: properties.AlarmActions,
});

export const readAlarms = (reader: Reader): Alarm[] => reader.of('AWS::CloudWatch::Alarm', alarm).map(toAlarm);

import * as z from 'zod';
import type { Dashboard, Metric } from './model.ts';
import { integer, type Reader, type Resource } from './reader.ts';
import { parseAt, refuse } from './refusal.ts';

const dashboard = z.strictObject({ DashboardName: z.string().optional(), DashboardBody: z.string() });

/** `[namespace, name, dimension, value, …, options]`, as dashboards have a metric. */
const line = z.array(z.union([z.string(), z.record(z.string(), z.unknown())])).transform((parts, context): Metric => {
  const [namespace, name, ...rest] = parts.filter((part) => typeof part === 'string');
  if (namespace !== undefined && name !== undefined && rest.length % 2 === 0) {
    const pairs = rest.flatMap((key, index) => (index % 2 === 0 ? [[key, rest[index + 1] ?? ''] as const] : []));
    return { namespace, name, dimensions: Object.fromEntries(pairs) };
  }
  context.addIssue({ code: 'custom', message: 'must be a namespace, a name, and pairs of dimensions' });
  return z.NEVER;
});

const dashboardBody = z.strictObject({
  widgets: z.array(
    z.looseObject({
      type: z.literal('metric'),
      x: integer(0, 23),
      y: integer(),
      width: integer(1, 24),
      height: integer(1, 1000),
      properties: z.looseObject({ title: z.string(), region: z.string(), metrics: z.array(line) }),
    }),
  ),
});

const toDashboard = ({ logicalId, path, name, properties }: Resource<z.output<typeof dashboard>>): Dashboard => {
  const at = [...path, 'DashboardBody'];
  const json = (): unknown => {
    try {
      return JSON.parse(properties.DashboardBody);
    } catch {
      return refuse(at, 'is no JSON');
    }
  };
  const { widgets } = parseAt(dashboardBody, json(), at);
  return { logicalId, name, metrics: widgets.flatMap((widget) => widget.properties.metrics) };
};

export const readDashboards = (reader: Reader): Dashboard[] =>
  reader.of('AWS::CloudWatch::Dashboard', dashboard).flatMap((resource) => reader.attempt(() => toDashboard(resource)));

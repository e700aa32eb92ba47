import * as z from 'zod';
import type { HttpApi, Route } from './model.ts';
import { integer, numeric, type Reader, type Resource, withoutEffect } from './reader.ts';
import { refuse } from './refusal.ts';

const api = z.strictObject({
  Name: z.string(),
  ProtocolType: z.literal('HTTP'),
  Description: withoutEffect,
  Tags: withoutEffect,
});

const stage = z.strictObject({
  ApiId: z.string(),
  StageName: z.literal('$default'),
  AutoDeploy: z.literal(true),
  DefaultRouteSettings: z
    .strictObject({
      ThrottlingBurstLimit: integer(),
      ThrottlingRateLimit: numeric,
      DetailedMetricsEnabled: withoutEffect,
    })
    .optional(),
  Description: withoutEffect,
  Tags: withoutEffect,
});

const integration = z.strictObject({
  ApiId: z.string(),
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0'),
  TimeoutInMillis: integer(50, 30_000).default(30_000),
});

const routeKey = /^(\$default|(ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) \/\S*)$/;

const route = z.strictObject({
  ApiId: z.string(),
  RouteKey: z.string().regex(routeKey, 'must be a method and a path, or $default'),
  Target: z.string().startsWith('integrations/'),
  AuthorizationType: z.literal('NONE').optional(),
});

type Integrations = ReadonlyMap<string, z.output<typeof integration>>;

const toRoute = (
  integrations: Integrations,
  { logicalId, path, properties }: Resource<z.output<typeof route>>,
): Route => {
  const target =
    integrations.get(properties.Target) ??
    refuse([...path, 'Target'], `there is no ${properties.Target} in this stack`);
  return {
    logicalId,
    key: properties.RouteKey,
    functionArn: target.IntegrationUri,
    timeoutMs: target.TimeoutInMillis,
  };
};

/** The stack's one HTTP API, if it has one. */
export const readHttpApi = (reader: Reader): HttpApi | undefined => {
  const [first, second] = reader.of('AWS::ApiGatewayV2::Api', api);
  const [stages] = reader.of('AWS::ApiGatewayV2::Stage', stage);
  const integrations = new Map(
    reader
      .of('AWS::ApiGatewayV2::Integration', integration)
      .map(({ ref, properties }) => [`integrations/${ref}`, properties] as const),
  );
  const routes = reader
    .of('AWS::ApiGatewayV2::Route', route)
    .flatMap((resource) => reader.attempt(() => toRoute(integrations, resource)));
  reader.attempt(() => second && refuse([second.logicalId], 'a second HTTP API is not known here'));
  if (first === undefined) return undefined;
  const limits = stages?.properties.DefaultRouteSettings;
  return {
    id: first.ref,
    stage: '$default',
    throttling: limits && { burst: limits.ThrottlingBurstLimit, rate: limits.ThrottlingRateLimit },
    routes,
  };
};

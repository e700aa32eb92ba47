import type { Holdings } from './holdings.ts';
import type { Model } from './model.ts';

/** What several stacks of an account come to, and what was retained of those that are gone. */
export const mergeModels = (
  { account, region, partition }: Pick<Model, 'account' | 'region' | 'partition'>,
  models: readonly Model[],
  retained: Holdings,
): Model => ({
  account,
  region,
  partition,
  stackName: '',
  functions: models.flatMap(({ functions }) => functions),
  permissions: models.flatMap(({ permissions }) => permissions),
  buses: models.flatMap(({ buses }) => buses),
  busPolicies: models.flatMap(({ busPolicies }) => busPolicies),
  rules: models.flatMap(({ rules }) => rules),
  schedules: models.flatMap(({ schedules }) => schedules),
  queues: [...models.flatMap(({ queues }) => queues), ...retained.queues],
  queuePolicies: models.flatMap(({ queuePolicies }) => queuePolicies),
  queueMappings: models.flatMap(({ queueMappings }) => queueMappings),
  httpApi: models.find(({ httpApi }) => httpApi !== undefined)?.httpApi,
  tables: [...models.flatMap(({ tables }) => tables), ...retained.tables],
  buckets: [...models.flatMap(({ buckets }) => buckets), ...retained.buckets],
  parameters: models.flatMap(({ parameters }) => parameters),
  logGroups: models.flatMap(({ logGroups }) => logGroups),
  operations: {
    alarms: models.flatMap(({ operations }) => operations.alarms),
    dashboards: models.flatMap(({ operations }) => operations.dashboards),
    archives: [...models.flatMap(({ operations }) => operations.archives), ...retained.archives],
    topics: models.flatMap(({ operations }) => operations.topics),
  },
  outputs: models.flatMap(({ outputs }) => outputs),
});

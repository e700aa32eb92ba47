import * as z from 'zod';
import type { Model } from '../../template/model.ts';
import type { Needed } from './call.ts';

type Resources = (input: unknown, action: string) => readonly string[];

/** The parts of requests that say which resource they are about. */
const about = z
  .object({
    QueueUrl: z.string(),
    QueueName: z.string(),
    TableName: z.string(),
    IndexName: z.string(),
    RequestItems: z.record(z.string(), z.unknown()),
    Name: z.string(),
    Names: z.array(z.string()),
    Path: z.string(),
    Entries: z.array(z.object({ EventBusName: z.string().optional() })),
    name: z.string(),
    pipelineName: z.string(),
    repositoryName: z.string(),
  })
  .partial()
  .catch({});

/** Batches are authorized as what they are batches of. */
const permissionOf = (service: string, action: string): string =>
  `${service}:${service === 'sqs' ? action.replace(/Batch$/, '') : action}`;

const last = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const resourcesOf = ({ partition, region, account }: Model): Readonly<Record<string, Resources>> => {
  const arn = (service: string, resource: string): string =>
    resource.startsWith('arn:') ? resource : `arn:${partition}:${service}:${region}:${account}:${resource}`;
  const parameter = (name: string): string =>
    arn('ssm', name.startsWith('arn:') ? name : `parameter/${name.replace(/^\//, '')}`);
  const table = (name: string): string => arn('dynamodb', name.startsWith('arn:') ? name : `table/${name}`);
  return {
    events: (input) =>
      (about.parse(input).Entries ?? []).map(({ EventBusName = 'default' }) =>
        arn('events', `event-bus/${last(EventBusName)}`),
      ),
    sqs: (input) => {
      const { QueueUrl, QueueName } = about.parse(input);
      return [arn('sqs', last(QueueUrl ?? QueueName ?? '*'))];
    },
    ssm: (input) => {
      const { Name, Names, Path } = about.parse(input);
      return [Name, Path, ...(Names ?? [])].filter((name) => name !== undefined).map(parameter);
    },
    dynamodb: (input) => {
      const { TableName, IndexName, RequestItems } = about.parse(input);
      const names = TableName === undefined ? Object.keys(RequestItems ?? {}) : [TableName];
      return names.map((name) => (IndexName === undefined ? table(name) : `${table(name)}/index/${IndexName}`));
    },
    codepipeline: (input) => {
      const { name, pipelineName } = about.parse(input);
      return [arn('codepipeline', name ?? pipelineName ?? '*')];
    },
    ecr: (input) => {
      const { repositoryName } = about.parse(input);
      return repositoryName === undefined ? [] : [arn('ecr', `repository/${repositoryName}`)];
    },
  };
};

/** Which permissions a call needs; what cannot be told by resource needs the action on `*`. */
export const createNeeded = (model: Model) => {
  const byService = resourcesOf(model);
  return (service: string, action: string, input: unknown): Needed[] => {
    const resources = byService[service]?.(input, action) ?? [];
    return [...new Set(resources.length === 0 ? ['*'] : resources)].map((resource) => ({
      action: permissionOf(service, action),
      resource,
    }));
  };
};

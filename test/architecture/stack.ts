import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type ScalarTag } from 'yaml';
import * as z from 'zod';

export const root = join(import.meta.dirname, '../..');

/** CloudFormation's short forms, in their long ones. */
const intrinsics: readonly ScalarTag[] = ['Ref', 'GetAtt', 'Sub'].map((name) => ({
  tag: `!${name}`,
  resolve: (text) => ({ [name === 'Ref' ? name : `Fn::${name}`]: text }),
}));

/** YAML with CloudFormation's tags; what Serverless would fill in stays as it is written. */
export const readYaml = (path: string): unknown =>
  parse(readFileSync(join(root, path), 'utf8'), { customTags: [...intrinsics] });

const statementSchema = z.union([
  z.string(),
  z.object({
    Effect: z.literal('Allow'),
    Action: z.union([z.string(), z.array(z.string())]),
    Resource: z.unknown(),
    Condition: z.unknown().optional(),
  }),
]);

export type Statement = z.infer<typeof statementSchema>;

const roleSchema = z.object({
  Type: z.literal('AWS::IAM::Role'),
  Properties: z.object({
    AssumeRolePolicyDocument: z.literal(`\${self:custom.assumedByLambda}`),
    Policies: z.array(z.object({ PolicyDocument: z.object({ Statement: z.array(statementSchema) }) })),
  }),
});

const eventBridgeSchema = z.object({
  name: z.string().optional(),
  eventBus: z.unknown().optional(),
  pattern: z.record(z.string(), z.unknown()).optional(),
  schedule: z.string().optional(),
  deadLetterQueueArn: z.unknown(),
  retryPolicy: z.unknown(),
});

const triggerSchema = z.union([
  z.strictObject({ eventBridge: eventBridgeSchema }),
  z.strictObject({ httpApi: z.object({ method: z.string(), path: z.string() }) }),
  z.strictObject({ sqs: z.looseObject({ arn: z.unknown(), functionResponseType: z.string() }) }),
]);

const functionFileSchema = z.object({
  function: z.object({
    handler: z.string(),
    description: z.string(),
    memorySize: z.int(),
    timeout: z.int(),
    role: z.string(),
    package: z.object({ patterns: z.array(z.string()) }),
    events: z.array(triggerSchema).min(1),
    destinations: z.object({ onFailure: z.unknown() }).optional(),
    environment: z.record(z.string(), z.unknown()).default({}),
  }),
  resources: z.object({ Resources: z.record(z.string(), z.looseObject({ Type: z.string() })) }),
});

const ruleResourceSchema = z.object({
  Type: z.literal('AWS::Events::Rule'),
  Properties: z.object({
    Name: z.string(),
    EventBusName: z.unknown().optional(),
    EventPattern: z.record(z.string(), z.unknown()),
    Targets: z.array(z.looseObject({ DeadLetterConfig: z.unknown().optional(), RetryPolicy: z.unknown().optional() })),
  }),
});

/** What a schedule sends, as if it were a rule for it. */
const scheduled = { source: ['aws.events'], 'detail-type': ['Scheduled Event'] };

/** A rule, however it is written: as a function's trigger or as a resource beside it. */
export interface Rule {
  readonly name: string | undefined;
  /** Of Fairlead's own bus, or else the default one. */
  readonly ours: boolean;
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly deadLetters: unknown;
  readonly retries: unknown;
}

/** A function as its function.yml describes it. */
export const readFunction = (name: string) => {
  const file = functionFileSchema.parse(readYaml(`functions/${name}/function.yml`));
  const resources = Object.values(file.resources.Resources);
  const { Properties: role } = roleSchema.parse(file.resources.Resources[file.function.role]);
  const rules: Rule[] = file.function.events.flatMap((trigger) =>
    'eventBridge' in trigger
      ? [
          {
            name: trigger.eventBridge.name,
            ours: trigger.eventBridge.eventBus !== undefined,
            pattern: trigger.eventBridge.pattern ?? scheduled,
            deadLetters: trigger.eventBridge.deadLetterQueueArn,
            retries: trigger.eventBridge.retryPolicy,
          },
        ]
      : [],
  );
  for (const resource of resources.filter(({ Type }) => Type === 'AWS::Events::Rule')) {
    const { Name, EventBusName, EventPattern, Targets } = ruleResourceSchema.parse(resource).Properties;
    for (const { DeadLetterConfig, RetryPolicy } of Targets)
      rules.push({
        name: Name,
        ours: EventBusName !== undefined,
        pattern: EventPattern,
        deadLetters: z.object({ Arn: z.unknown() }).parse(DeadLetterConfig).Arn,
        retries: RetryPolicy,
      });
  }
  return {
    ...file.function,
    resources: file.resources.Resources,
    statements: role.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
    routes: file.function.events.flatMap((trigger) =>
      'httpApi' in trigger ? [`${trigger.httpApi.method.toUpperCase()} ${trigger.httpApi.path}`] : [],
    ),
    queues: file.function.events.flatMap((trigger) => ('sqs' in trigger ? [trigger.sqs] : [])),
    rules,
  };
};

const samples = 'events/samples';

/** The samples of a function: `<function>.json`, and `<function>-<which>.json` where it has several inputs. */
export const samplesOf = (name: string): { file: string; content: unknown }[] =>
  existsSync(join(root, samples))
    ? readdirSync(join(root, samples))
        .filter((file) => file.startsWith(`${name}.`) || file.startsWith(`${name}-`))
        .map((file) => ({ file, content: JSON.parse(readFileSync(join(root, samples, file), 'utf8')) }))
    : [];

const batchSchema = z.object({ Records: z.array(z.object({ body: z.string() })) });

/** The EventBridge events in a sample: itself, or those that lie in a queue's messages. */
export const eventsIn = (sample: unknown): unknown[] => {
  const batch = batchSchema.safeParse(sample);
  if (batch.success) return batch.data.Records.map(({ body }): unknown => JSON.parse(body));
  return z.object({ 'detail-type': z.string() }).safeParse(sample).success ? [sample] : [];
};

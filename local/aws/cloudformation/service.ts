import * as z from 'zod';
import { AwsError } from '../aws-error.ts';
import type { QueryService } from '../endpoint/query-call.ts';
import type { Buckets } from '../s3/buckets.ts';
import { members, type XmlContent } from '../xml/write.ts';
import type { Deployments } from './deployments.ts';
import { describeEvent, describeResource, describeStack, pageOf } from './describe.ts';
import { list, parseAction } from './form.ts';
import { createStack, isChanging, isUpdatable, type Stack } from './stack.ts';
import { exportsOf, type Stacks } from './stacks.ts';
import { capabilitiesOf, checkCapabilities, parseTemplate, templateText } from './template-text.ts';

const invalid = (message: string): AwsError => new AwsError('ValidationError', message);

const source = { TemplateBody: z.string().optional(), TemplateURL: z.string().optional() };

const nothing = (what: string) => list(z.unknown()).refine((items) => items.length === 0, `${what} are not known here`);

const deployment = {
  ...source,
  StackName: z.string().regex(/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/),
  Capabilities: list(z.string()),
  Tags: list(z.strictObject({ Key: z.string(), Value: z.string() })),
  Parameters: nothing('parameters of templates'),
  NotificationARNs: nothing('topics to notify'),
};

const failing = {
  OnFailure: z.enum(['DELETE', 'DO_NOTHING', 'ROLLBACK']).default('ROLLBACK'),
};

const named = { StackName: z.string() };
const paged = { NextToken: z.string().optional() };

const inputs = {
  create: z.strictObject({ ...deployment, ...failing }),
  update: z.strictObject(deployment),
  delete: z.strictObject(named),
  stacks: z.strictObject({ StackName: z.string().optional(), ...paged }),
  ofStack: z.strictObject({ ...named, ...paged }),
  resource: z.strictObject({ ...named, LogicalResourceId: z.string() }),
  template: z.strictObject({ ...named, TemplateStage: z.literal('Original').default('Original') }),
  validate: z.strictObject(source),
  exports: z.strictObject(paged),
};

export interface CloudFormationOptions {
  readonly stacks: Stacks;
  readonly deployments: Deployments;
  readonly buckets: Buckets;
  /** What ARNs of stacks begin with. */
  readonly arn: string;
  /** Whether a call is one too many; `nth` counts those of its action. */
  throttle(action: string, nth: number): boolean;
  /** Something is under way until then. */
  underWay(work: Promise<void>): void;
}

type Action = (form: URLSearchParams) => XmlContent;

const sameDeployment = (stack: Stack, template: string, tags: Stack['tags']): boolean =>
  stack.template === template && JSON.stringify(stack.tags) === JSON.stringify(tags);

const readActions = ({ stacks, buckets }: CloudFormationOptions): Readonly<Record<string, Action>> => ({
  ValidateTemplate: (form) => {
    const template = parseTemplate(templateText(parseAction(inputs.validate, form), buckets));
    const capabilities = capabilitiesOf(template);
    return {
      Description: template.Description,
      Parameters: members([]),
      Capabilities: members(capabilities),
      ...(capabilities.length > 0 && {
        CapabilitiesReason: 'The following resource(s) require capabilities: [AWS::IAM::Role]',
      }),
    };
  },
  DescribeStacks: (form) => {
    const { StackName } = parseAction(inputs.stacks, form);
    return { Stacks: members((StackName === undefined ? stacks.all() : [stacks.get(StackName)]).map(describeStack)) };
  },
  DescribeStackEvents: (form) => {
    const { StackName, NextToken: token } = parseAction(inputs.ofStack, form);
    const stack = stacks.get(StackName);
    const { page, NextToken } = pageOf(stack.events.toReversed(), token);
    return { StackEvents: members(page.map((event) => describeEvent(stack, event))), NextToken };
  },
  DescribeStackResource: (form) => {
    const { StackName, LogicalResourceId } = parseAction(inputs.resource, form);
    const stack = stacks.get(StackName);
    const resource = stack.resources.get(LogicalResourceId);
    if (resource === undefined) {
      throw invalid(`Resource ${LogicalResourceId} does not exist for stack ${stack.name}`);
    }
    return {
      StackResourceDetail: {
        StackId: stack.id,
        StackName: stack.name,
        ...describeResource(resource, 'LastUpdatedTimestamp'),
      },
    };
  },
  DescribeStackResources: (form) => {
    const stack = stacks.get(parseAction(inputs.ofStack, form).StackName);
    const { page } = pageOf([...stack.resources.values()]);
    return { StackResources: members(page.map((one) => describeResource(one, 'Timestamp'))) };
  },
  ListStackResources: (form) => {
    const { StackName, NextToken: token } = parseAction(inputs.ofStack, form);
    const { page, NextToken } = pageOf([...stacks.get(StackName).resources.values()], token);
    return {
      StackResourceSummaries: members(page.map((one) => describeResource(one, 'LastUpdatedTimestamp'))),
      NextToken,
    };
  },
  GetTemplate: (form) => ({
    TemplateBody: stacks.get(parseAction(inputs.template, form).StackName).template,
    StagesAvailable: members(['Original']),
  }),
  ListExports: (form) => {
    const all = stacks
      .all()
      .flatMap((stack) => exportsOf(stack).map(([Name, Value]) => ({ ExportingStackId: stack.id, Name, Value })));
    const { page, NextToken } = pageOf(all, parseAction(inputs.exports, form).NextToken);
    return { Exports: members(page), NextToken };
  },
});

const writeActions = (options: CloudFormationOptions): Readonly<Record<string, Action>> => {
  const { stacks, deployments, buckets, arn, underWay } = options;
  return {
    CreateStack: (form) => {
      const input = parseAction(inputs.create, form);
      if (stacks.named(input.StackName)) {
        throw new AwsError('AlreadyExistsException', `Stack [${input.StackName}] already exists`);
      }
      const template = templateText(input, buckets);
      checkCapabilities(parseTemplate(template), input.Capabilities);
      const given = { name: input.StackName, template, tags: input.Tags, capabilities: input.Capabilities };
      const stack = createStack(given, arn);
      stacks.add(stack);
      underWay(deployments.create(stack, input.OnFailure));
      return { StackId: stack.id };
    },
    UpdateStack: (form) => {
      const input = parseAction(inputs.update, form);
      const stack = stacks.get(input.StackName);
      const template = templateText(input, buckets);
      checkCapabilities(parseTemplate(template), input.Capabilities);
      if (!isUpdatable(stack)) throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
      if (sameDeployment(stack, template, input.Tags)) throw invalid('No updates are to be performed.');
      underWay(deployments.update(stack, { template, tags: input.Tags, capabilities: input.Capabilities }));
      return { StackId: stack.id };
    },
    DeleteStack: (form) => {
      const { StackName } = parseAction(inputs.delete, form);
      // Deleting what is not there succeeds.
      const stack = stacks.named(StackName) ?? stacks.all().find(({ id }) => id === StackName);
      if (stack === undefined) return {};
      if (isChanging(stack)) throw invalid(`Stack [${stack.name}] cannot be deleted while in status ${stack.status}`);
      underWay(deployments.remove(stack));
      return {};
    },
  };
};

/** CloudFormation's stacks, as the SDK's query protocol reaches them. */
export const createCloudFormation = (options: CloudFormationOptions): QueryService => {
  const actions = { ...readActions(options), ...writeActions(options) };
  const calls = new Map<string, number>();
  return {
    namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
    run: (name, form) => {
      const nth = (calls.get(name) ?? 0) + 1;
      calls.set(name, nth);
      if (options.throttle(name, nth)) throw new AwsError('Throttling', 'Rate exceeded');
      const action = actions[name];
      if (action === undefined) throw new AwsError('InvalidAction', `CloudFormation's ${name} is not known here`);
      return action(form);
    },
  };
};

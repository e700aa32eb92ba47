import { busNameOf } from './identities.ts';
import type { LambdaFunction, Model, QueueMapping } from './model.ts';
import { allows } from './permissions.ts';
import { problemAt } from './refusal.ts';

/**
 * What AWS would refuse when it creates the stack, though every resource by itself is right. A bus may be another stack's, which
 * exports it by name or ARN.
 */
export const inconsistencies = (model: Model, exported: readonly string[] = []): string[] => {
  const queues = new Set(model.queues.map(({ arn }) => arn));
  const functions = new Map(model.functions.map((one) => [one.arn, one]));
  const buses = new Set(['default', ...model.buses.map(({ name }) => name), ...exported.map(busNameOf)]);

  const queue = (arn: string | undefined, ...path: PropertyKey[]): string[] =>
    arn === undefined || queues.has(arn) ? [] : [problemAt(path, `${arn} is no queue of this stack`)];

  const ofRules = [...model.rules, ...model.schedules].flatMap(({ logicalId, bus, targets }) => [
    ...(buses.has(bus) ? [] : [problemAt([logicalId, 'EventBusName'], `${bus} is no bus of this stack`)]),
    ...targets.flatMap(({ arn, deadLetterArn }, index) => [
      ...(functions.has(arn) ? [] : queue(arn, logicalId, 'Targets', index, 'Arn')),
      ...queue(deadLetterArn, logicalId, 'Targets', index, 'DeadLetterConfig', 'Arn'),
    ]),
  ]);

  const ofFunction = (logicalId: string, property: string, arn: string): string[] =>
    functions.has(arn) ? [] : [problemAt([logicalId, property], `${arn} is no function of this stack`)];

  const ofMappings = model.queueMappings.flatMap((mapping) => {
    const fed = functions.get(mapping.functionArn);
    return [
      ...queue(mapping.queueArn, mapping.logicalId, 'EventSourceArn'),
      ...ofFunction(mapping.logicalId, 'FunctionName', mapping.functionArn),
      ...(fed === undefined ? [] : ofMapping(model, mapping, fed)),
    ];
  });

  return [
    ...ofRules,
    ...ofMappings,
    ...model.queues.flatMap(({ logicalId, redrive }) => queue(redrive?.deadLetterArn, logicalId, 'RedrivePolicy')),
    ...model.functions.flatMap(({ logicalId, asynchronous }) =>
      queue(asynchronous.onFailure, logicalId, 'DestinationConfig', 'OnFailure'),
    ),
    ...model.permissions.flatMap(({ logicalId, functionArn }) => ofFunction(logicalId, 'FunctionName', functionArn)),
    ...ofOperations(model),
    ...model.functions.filter(({ network }) => network !== undefined).flatMap(ofNetwork),
    ...(model.httpApi?.routes ?? []).flatMap(({ logicalId, functionArn }) =>
      ofFunction(logicalId, 'IntegrationUri', functionArn),
    ),
  ];
};

/** Topics of other stacks are as good: they are only refused if they are none. */
const ofOperations = ({ operations: { alarms, archives }, buses }: Model): string[] => [
  ...archives
    .filter(({ busArn }) => !buses.some(({ arn }) => arn === busArn))
    .map(({ logicalId, busArn }) => problemAt([logicalId, 'SourceArn'], `${busArn} is no bus of this stack`)),
  ...alarms.flatMap(({ logicalId, actions }) =>
    actions
      .filter((arn) => !/^arn:[^:]+:sns:[^:]+:\d{12}:.+$/.test(arn))
      .map((arn) => problemAt([logicalId, 'AlarmActions'], `${arn} is not the ARN of a topic`)),
  ),
];

/** Without these Lambda does not make a function that runs in a VPC. */
const interfaceActions = ['ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DeleteNetworkInterface'];

const ofNetwork = ({ logicalId, name, role, arn }: LambdaFunction): string[] => {
  const [, partition, , region, account] = arn.split(':');
  const anyInterface = `arn:${partition}:ec2:${region}:${account}:network-interface/any`;
  return interfaceActions
    .filter((action) => !allows(role.statements, action, action.includes('Describe') ? '*' : anyInterface))
    .map((action) => problemAt([logicalId, 'VpcConfig'], `the role of ${name} may not ${action}`));
};

const needed = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

const ofMapping = (model: Model, { logicalId, queueArn }: QueueMapping, fed: LambdaFunction): string[] => {
  const visibility = model.queues.find(({ arn }) => arn === queueArn)?.visibilityTimeoutSeconds ?? Infinity;
  const missing = needed.filter((action) => !allows(fed.role.statements, action, queueArn));
  return [
    ...missing.map((action) => problemAt([logicalId], `the role of ${fed.name} may not ${action} on ${queueArn}`)),
    ...(visibility < fed.timeoutSeconds
      ? [problemAt([logicalId], `the queue's visibility time-out is shorter than the time-out of ${fed.name}`)]
      : []),
  ];
};

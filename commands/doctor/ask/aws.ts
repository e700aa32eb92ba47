import { type Check, check } from '../checks.ts';
import { judgePipeline } from '../judge/pipelines.ts';
import { ecrRepositoryOf, judgeRepository } from '../judge/registry.ts';
import { judgeAlarms, judgeBus, judgeFailures, judgeTable } from '../judge/stack.ts';
import { lookAtAlarms } from '../look/aws/alarms.ts';
import { lookAtBus } from '../look/aws/bus.ts';
import { lookAtPipeline } from '../look/aws/pipeline.ts';
import { lookAtQueue } from '../look/aws/queue.ts';
import { lookAtRepository } from '../look/aws/repository.ts';
import { lookAtTable } from '../look/aws/table.ts';
import type { World } from '../world.ts';

/** What the stage is made of, by the names that serverless.yml gives. */
const ownChecks = ({ stage, clients }: World): Check[] => {
  const bus = `fairlead-${stage}`;
  const queue = `fairlead-${stage}-failures`;
  return [
    check(
      'stack',
      `the event bus ${bus}`,
      (signal) => lookAtBus(clients.eventBridge, bus, signal),
      (seen) => judgeBus(bus, stage, seen),
    ),
    ...['deliveries', 'idempotency'].map((table) => {
      const name = `fairlead-${stage}-${table}`;
      return check(
        'stack',
        `the table ${name}`,
        (signal) => lookAtTable(clients.dynamoDb, name, signal),
        (status) => judgeTable(name, stage, status),
      );
    }),
    check(
      'failures',
      `the failure queue ${queue}`,
      (signal) => lookAtQueue(clients.sqs, queue, signal),
      (waiting) => judgeFailures(queue, stage, waiting),
    ),
    check(
      'alarms',
      'the alarms',
      (signal) => lookAtAlarms(clients.cloudWatch, `fairlead-${stage}-`, signal),
      judgeAlarms,
    ),
  ];
};

const pipelineChecks = ({ present, clients }: World): Check[] =>
  present.config.services.flatMap(({ name: service, build }) => {
    if (build === undefined || !('codepipeline' in build)) return [];
    const { pipeline, source } = build.codepipeline;
    return check(
      'pipelines',
      `the pipeline ${pipeline}`,
      (signal) => lookAtPipeline(clients.codePipeline, pipeline, signal),
      (seen) => judgePipeline({ service, pipeline, source }, seen),
    );
  });

const registryChecks = ({ present, clients }: World): Check[] => {
  const images = new Set(present.config.services.flatMap((service) => Object.values(service.images)));
  return [...images].flatMap((image) => {
    const repository = ecrRepositoryOf(image);
    if (repository === undefined) return [];
    return check(
      'registry',
      image,
      (signal) => lookAtRepository(clients.ecr(repository.region), repository, signal),
      (mutability) => judgeRepository(image, repository, mutability),
    );
  });
};

/** What is in AWS. */
export const awsChecks = (world: World): Check[] => [
  ...ownChecks(world),
  ...pipelineChecks(world),
  ...registryChecks(world),
];

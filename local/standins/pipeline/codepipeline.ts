import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../../aws/aws-error.ts';
import { type JsonService, parseInput, serviceOf } from '../../aws/endpoint/json-service.ts';
import type { Execution, Pipeline } from './execution.ts';

const startInput = z.object({
  name: z.string().min(1),
  clientRequestToken: z
    .string()
    .regex(/^[a-zA-Z0-9-]{1,128}$/)
    .optional(),
  sourceRevisions: z
    .array(z.object({ actionName: z.string(), revisionType: z.string(), revisionValue: z.string().min(1) }))
    .max(50)
    .optional(),
});

const getInput = z.object({ pipelineName: z.string(), pipelineExecutionId: z.string() });

const describeInput = z.object({ name: z.string().min(1) });

const listInput = z.object({ pipelineName: z.string(), maxResults: z.int().min(1).max(100).optional() });

const triggerOf = { triggerType: 'StartPipelineExecution' } as const;

/** An execution that succeeded some time ago. */
export interface Past {
  readonly id: string;
  readonly pipeline: string;
  readonly commit: string;
}

interface CodePipelineOptions {
  readonly pipelines: readonly Pipeline[];
  readonly history: readonly Past[];
  /** Called for each start. */
  readonly run: (pipeline: Pipeline, execution: Execution) => void;
  readonly now: () => Date;
}

/** CodePipeline's API (JSON 1.1), as much of it as Fairlead and a person at a terminal use. */
export const createCodePipeline = ({ pipelines, history, run, now }: CodePipelineOptions): JsonService => {
  const executions = new Map<string, Execution>(
    history.map((past) => [past.id, { ...past, startedAt: now(), status: 'Succeeded', asked: past.commit }]),
  );
  const started = new Map<string, string>();

  const pipelineOf = (name: string): Pipeline => {
    const pipeline = pipelines.find((candidate) => candidate.name === name);
    if (pipeline) return pipeline;
    throw new AwsError('PipelineNotFoundException', `The account does not have a pipeline with the name '${name}'`);
  };

  const revisionFor = (pipeline: Pipeline, input: z.infer<typeof startInput>): string | undefined => {
    for (const { actionName, revisionType } of input.sourceRevisions ?? []) {
      if (actionName !== pipeline.sourceAction) {
        throw new AwsError('ValidationException', `${pipeline.name} has no source action named '${actionName}'`);
      }
      if (revisionType !== 'COMMIT_ID') {
        throw new AwsError('ValidationException', `The action '${actionName}' takes COMMIT_ID, not ${revisionType}`);
      }
    }
    return input.sourceRevisions?.[0]?.revisionValue;
  };

  const start = (input: z.infer<typeof startInput>) => {
    const pipeline = pipelineOf(input.name);
    const asked = revisionFor(pipeline, input);
    const token = input.clientRequestToken && JSON.stringify([input.name, input.clientRequestToken]);
    const known = token && started.get(token);
    if (known) return { pipelineExecutionId: known };
    const id = randomUUID();
    const execution: Execution = { id, pipeline: pipeline.name, startedAt: now(), status: 'InProgress', asked };
    executions.set(id, execution);
    if (token) started.set(token, id);
    run(pipeline, execution);
    return { pipelineExecutionId: id };
  };

  const get = ({ pipelineName, pipelineExecutionId }: z.infer<typeof getInput>) => {
    const { repository } = pipelineOf(pipelineName);
    const execution = executions.get(pipelineExecutionId);
    if (execution?.pipeline !== pipelineName) {
      throw new AwsError(
        'PipelineExecutionNotFoundException',
        `${pipelineName} has no execution ${pipelineExecutionId}`,
      );
    }
    const revision = { name: 'SourceArtifact', revisionId: execution.commit, revisionUrl: repository };
    return {
      pipelineExecution: {
        pipelineName,
        pipelineVersion: 1,
        pipelineExecutionId,
        status: execution.status,
        artifactRevisions: execution.commit === undefined ? [] : [revision],
        trigger: triggerOf,
        executionMode: 'SUPERSEDED',
        executionType: 'STANDARD',
      },
    };
  };

  const describe = ({ name }: z.infer<typeof describeInput>) => {
    const { repository, sourceAction, detectsChanges = false } = pipelineOf(name);
    const actionTypeId = { owner: 'AWS', version: '1' } as const;
    const source = {
      name: sourceAction,
      actionTypeId: { ...actionTypeId, category: 'Source', provider: 'CodeStarSourceConnection' },
      runOrder: 1,
      configuration: { FullRepositoryId: repository, DetectChanges: String(detectsChanges) },
      outputArtifacts: [{ name: 'SourceArtifact' }],
    };
    const build = {
      name: 'Build',
      actionTypeId: { ...actionTypeId, category: 'Build', provider: 'CodeBuild' },
      runOrder: 1,
      configuration: { ProjectName: name },
      inputArtifacts: [{ name: 'SourceArtifact' }],
    };
    const stages = [source, build].map((action) => ({ name: action.name, actions: [action] }));
    return { pipeline: { name, version: 1, pipelineType: 'V1', executionMode: 'SUPERSEDED', stages } };
  };

  const list = ({ pipelineName, maxResults = 100 }: z.infer<typeof listInput>) => {
    const { sourceAction } = pipelineOf(pipelineName);
    const newestFirst = [...executions.values()].filter(({ pipeline }) => pipeline === pipelineName).reverse();
    return {
      pipelineExecutionSummaries: newestFirst.slice(0, maxResults).map(({ id, status, startedAt, commit }) => ({
        pipelineExecutionId: id,
        status,
        /** Seconds since 1970: how JSON 1.1 writes a time. */
        startTime: startedAt.getTime() / 1000,
        sourceRevisions: commit === undefined ? [] : [{ actionName: sourceAction, revisionId: commit }],
        trigger: triggerOf,
        executionMode: 'SUPERSEDED',
        executionType: 'STANDARD',
      })),
    };
  };

  return serviceOf({
    StartPipelineExecution: parseInput(startInput, start),
    GetPipeline: parseInput(describeInput, describe),
    GetPipelineExecution: parseInput(getInput, get),
    ListPipelineExecutions: parseInput(listInput, list),
  });
};

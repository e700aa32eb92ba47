import {
  type CodePipelineClient,
  GetPipelineExecutionCommand,
  PipelineExecutionNotFoundException,
  PipelineNotFoundException,
  StartPipelineExecutionCommand,
  ValidationException,
} from '@aws-sdk/client-codepipeline';
import { Upstream } from '#shared/handlers/errors.ts';

/** What to start: a pipeline at a commit. The same token never starts a second execution. */
export interface PipelineStart {
  readonly pipeline: string;
  /** The name of the source action that takes the commit. */
  readonly source: string;
  readonly commit: string;
  /** Letters, digits and dashes, 128 at most. */
  readonly token: string;
}

/** What a source action checked out. `url` is where a person sees it; with several sources it tells them apart. */
export interface SourceRevision {
  readonly commit: string;
  readonly url?: string | undefined;
}

export interface Pipelines {
  /** Throws `Upstream`, which says what to do. */
  start(start: PipelineStart, signal: AbortSignal): Promise<{ id: string; url: string }>;
  /** Nothing before the source action is through, and nothing where the execution is not in this account and region. */
  revisions(pipeline: string, execution: string, signal: AbortSignal): Promise<readonly SourceRevision[]>;
}

const consoleDomain = (region: string): string => {
  if (region.startsWith('cn-')) return `${region}.console.amazonaws.cn`;
  if (region.startsWith('us-gov-')) return `${region}.console.amazonaws-us-gov.com`;
  return `${region}.console.aws.amazon.com`;
};

/** Where a person looks at an execution. */
export const executionUrl = (region: string, pipeline: string, execution: string): string =>
  `https://${consoleDomain(region)}/codesuite/codepipeline/pipelines/${encodeURIComponent(pipeline)}/executions/${execution}/timeline?region=${region}`;

const explain = ({ pipeline, source }: PipelineStart, error: unknown): string => {
  if (error instanceof PipelineNotFoundException) {
    return `CodePipeline has no pipeline "${pipeline}" in this account and region: create it, or correct build.codepipeline.pipeline.`;
  }
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (error instanceof ValidationException) {
    return `CodePipeline does not start "${pipeline}" with the source action "${source}": correct build.codepipeline.source (${reason}).`;
  }
  return `CodePipeline did not start "${pipeline}" (${reason}).`;
};

export const createPipelines = (client: CodePipelineClient): Pipelines => ({
  start: async (start, signal) => {
    const { pipeline, source, commit, token } = start;
    const command = new StartPipelineExecutionCommand({
      name: pipeline,
      clientRequestToken: token,
      sourceRevisions: [{ actionName: source, revisionType: 'COMMIT_ID', revisionValue: commit }],
    });
    const { pipelineExecutionId: id } = await client
      .send(command, { abortSignal: signal })
      .catch((error: unknown): never => {
        throw new Upstream(explain(start, error), { cause: error });
      });
    if (id === undefined) throw new Upstream(`CodePipeline started "${pipeline}" and did not say which execution.`);
    return { id, url: executionUrl(await client.config.region(), pipeline, id) };
  },

  revisions: async (pipeline, execution, signal) => {
    const command = new GetPipelineExecutionCommand({ pipelineName: pipeline, pipelineExecutionId: execution });
    try {
      const { pipelineExecution } = await client.send(command, { abortSignal: signal });
      return (pipelineExecution?.artifactRevisions ?? []).flatMap(({ revisionId, revisionUrl }) =>
        revisionId === undefined ? [] : { commit: revisionId, url: revisionUrl },
      );
    } catch (error) {
      if (error instanceof PipelineNotFoundException || error instanceof PipelineExecutionNotFoundException) return [];
      throw new Upstream(`CodePipeline did not tell of execution ${execution} of "${pipeline}".`, { cause: error });
    }
  },
});

import { type CodePipelineClient, GetPipelineCommand, PipelineNotFoundException } from '@aws-sdk/client-codepipeline';
import type { SeenPipeline } from '../../judge/pipelines.ts';

/** Undefined where there is no such pipeline. */
export const lookAtPipeline = async (
  client: CodePipelineClient,
  name: string,
  signal: AbortSignal,
): Promise<SeenPipeline | undefined> => {
  try {
    const { pipeline } = await client.send(new GetPipelineCommand({ name }), { abortSignal: signal });
    const actions = (pipeline?.stages ?? []).flatMap((stage) => stage.actions ?? []);
    return {
      sources: actions
        .filter(({ actionTypeId }) => actionTypeId?.category === 'Source')
        .map((action) => ({
          name: action.name ?? '',
          provider: action.actionTypeId?.provider ?? '',
          configuration: action.configuration ?? {},
        })),
      triggers: (pipeline?.triggers ?? []).map(({ gitConfiguration }) => gitConfiguration?.sourceActionName ?? ''),
      executionMode: pipeline?.executionMode ?? 'SUPERSEDED',
    };
  } catch (error) {
    if (error instanceof PipelineNotFoundException) return undefined;
    throw error;
  }
};

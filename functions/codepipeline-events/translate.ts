import type { AnyEvent, EventOf } from '#events/event.ts';
import {
  pipelineRunFinished,
  type pipelineRunQueued,
  pipelineRunStarted,
  type RunOutcome,
  taskRunFinished,
  taskRunStarted,
} from '#events/pipelines.ts';
import type { StateChange } from './state-change.ts';

/** Whose delivery a run belongs to, and what asked for it. */
export interface Origin {
  readonly service: { readonly name: string; readonly team: string };
  readonly chain: string;
  readonly commit: string | undefined;
  readonly queued?: EventOf<typeof pipelineRunQueued> | undefined;
}

/** CodePipeline's states that begin or end something. The others (STOPPING, …) are on the way to one of these. */
const phases: Readonly<Record<string, 'started' | RunOutcome>> = {
  STARTED: 'started',
  RESUMED: 'started',
  SUCCEEDED: 'success',
  FAILED: 'failure',
  CANCELED: 'cancel',
  CANCELLED: 'cancel',
  SUPERSEDED: 'cancel',
  STOPPED: 'cancel',
  ABANDONED: 'cancel',
};

export const phaseOf = (state: string): 'started' | RunOutcome | undefined => phases[state];

const longestErrors = 4000;

const errorsOf = (change: StateChange): string | undefined => {
  if (change['detail-type'] !== 'CodePipeline Action Execution State Change') return undefined;
  const { 'error-code': code, 'external-execution-summary': summary } = change.detail['execution-result'] ?? {};
  const text = [code, summary].filter(Boolean).join(': ');
  return text === '' ? undefined : text.slice(0, longestErrors);
};

/** What every event about a state change says. */
const said = (change: StateChange, { service, chain, queued }: Origin, step: readonly string[]) => {
  const { 'execution-id': execution, 'pipeline-execution-attempt': attempt, state } = change.detail;
  const [stage, action] = step;
  return {
    by: 'codepipeline-events',
    identity: [execution, stage, action, attempt, state, service.name],
    chain,
    time: new Date(change.time).toISOString(),
    cause: queued,
    subject: { id: [execution, ...step].join('/') },
    service: service.name,
    team: service.team,
  };
};

const stepOf = (change: StateChange): readonly string[] => {
  switch (change['detail-type']) {
    case 'CodePipeline Pipeline Execution State Change':
      return [];
    case 'CodePipeline Stage Execution State Change':
      return [change.detail.stage];
    case 'CodePipeline Action Execution State Change':
      return [change.detail.stage, change.detail.action];
  }
};

/** A state change in the words of one service's delivery. `uri` is where a person looks at the execution. */
export const translate = (
  change: StateChange,
  phase: 'started' | RunOutcome,
  uri: string,
  origin: Origin,
): AnyEvent => {
  const step = stepOf(change);
  const common = said(change, origin, step);
  const actor = origin.queued?.data.customData.actor;
  const custom = { system: 'codepipeline' as const, commit: origin.commit, actor };
  const taskName = step.at(-1);

  if (taskName === undefined) {
    const content = { pipelineName: change.detail.pipeline, uri };
    return phase === 'started'
      ? pipelineRunStarted.reported({ ...common, content, custom })
      : pipelineRunFinished.reported({ ...common, content: { ...content, outcome: phase }, custom });
  }
  const content = { taskName, uri, pipelineRun: { id: change.detail['execution-id'] } };
  const taskCustom = { ...custom, kind: step.length === 1 ? ('stage' as const) : ('action' as const) };
  if (phase === 'started') return taskRunStarted.reported({ ...common, content, custom: taskCustom });
  const errors = phase === 'success' ? undefined : errorsOf(change);
  return taskRunFinished.reported({ ...common, content: { ...content, outcome: phase, errors }, custom: taskCustom });
};

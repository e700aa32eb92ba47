/** An event of an AWS service for the default bus, as an entry of PutEvents is named on the wire. */
export interface ServiceEvent {
  readonly Source: string;
  readonly DetailType: string;
  /** RFC 3339. The bus writes it to the second, as AWS does. */
  readonly Time: string;
  readonly Resources: readonly string[];
  readonly Detail: string;
}

type Detail = Readonly<Record<string, unknown>>;

export interface Place {
  readonly account: string;
  readonly region: string;
}

/** What the three events of CodePipeline have in common. */
export interface Run {
  readonly id: string;
  readonly pipeline: string;
  readonly startedAt: Date;
}

export interface Action {
  readonly stage: string;
  readonly name: string;
  readonly category: string;
  readonly provider: string;
  /** Ties the action's events together. */
  readonly executionId: string;
}

/** How an action ended, under `execution-result`. */
export interface ActionResult {
  readonly state: 'SUCCEEDED' | 'FAILED';
  readonly summary: string;
  readonly externalId: string;
  readonly url?: string;
}

/** Builds the events of one account and region. `now` stamps them. */
export const createEventForms = ({ account, region }: Place, now: () => Date) => {
  const serviceEvent = (
    source: string,
    detailType: string,
    resources: readonly string[],
    detail: Detail,
  ): ServiceEvent => ({
    Source: source,
    DetailType: detailType,
    Time: now().toISOString(),
    Resources: resources,
    Detail: JSON.stringify(detail),
  });

  const codePipeline = (level: 'Pipeline' | 'Stage' | 'Action', run: Run, detail: Detail): ServiceEvent =>
    serviceEvent(
      'aws.codepipeline',
      `CodePipeline ${level} Execution State Change`,
      [`arn:aws:codepipeline:${region}:${account}:${run.pipeline}`],
      {
        pipeline: run.pipeline,
        'execution-id': run.id,
        'start-time': run.startedAt.toISOString(),
        ...detail,
        version: 1,
        'pipeline-execution-attempt': 1,
      },
    );

  return {
    pipeline: (run: Run, state: string): ServiceEvent =>
      codePipeline('Pipeline', run, {
        'execution-trigger': {
          'trigger-type': 'StartPipelineExecution',
          'trigger-detail': `arn:aws:iam::${account}:root`,
        },
        state,
      }),

    stage: (run: Run, stage: string, state: string): ServiceEvent => codePipeline('Stage', run, { stage, state }),

    action: (run: Run, action: Action, result?: ActionResult): ServiceEvent =>
      codePipeline('Action', run, {
        stage: action.stage,
        'action-execution-id': action.executionId,
        action: action.name,
        state: result?.state ?? 'STARTED',
        region,
        type: { owner: 'AWS', provider: action.provider, category: action.category, version: '1' },
        ...(result && {
          'execution-result': {
            'external-execution-summary': result.summary,
            'external-execution-id': result.externalId,
            ...(result.url !== undefined && { 'external-execution-url': result.url }),
            ...(result.state === 'FAILED' && { 'error-code': 'JobFailed' }),
          },
        }),
      }),

    /** A child manifest of a multi-architecture image has no tag, and neither has its event. */
    imagePushed: (repository: string, manifest: { digest: string; mediaType: string }, tag?: string): ServiceEvent =>
      serviceEvent('aws.ecr', 'ECR Image Action', [], {
        result: 'SUCCESS',
        'repository-name': repository,
        'image-digest': manifest.digest,
        'action-type': 'PUSH',
        ...(tag !== undefined && { 'image-tag': tag }),
        'manifest-media-type': manifest.mediaType,
        'artifact-media-type': 'application/vnd.oci.image.config.v1+json',
      }),
  };
};

export type EventForms = ReturnType<typeof createEventForms>;

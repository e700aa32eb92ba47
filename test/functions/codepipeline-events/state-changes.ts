import { type StateChange, stateChangeSchema } from '#functions/codepipeline-events/state-change.ts';

export const execution = '6a1c7d0e-5b3f-4e2a-9f10-2d4c8b7a6e51';

type Level = 'Pipeline' | 'Stage' | 'Action';

/** One of CodePipeline's events as EventBridge hands it over. */
export const stateChangeEvent = (level: Level, detail: Readonly<Record<string, unknown>>, id = 'fake-event') => ({
  version: '0',
  id,
  'detail-type': `CodePipeline ${level} Execution State Change`,
  source: 'aws.codepipeline',
  account: '111122223333',
  time: '2026-11-23T09:31:20Z',
  region: 'eu-west-1',
  resources: ['arn:aws:codepipeline:eu-west-1:111122223333:checkout'],
  detail: { pipeline: 'checkout', 'execution-id': execution, version: 4, 'pipeline-execution-attempt': 1, ...detail },
});

export const stateChange = (level: Level, detail: Readonly<Record<string, unknown>>): StateChange =>
  stateChangeSchema.parse(stateChangeEvent(level, detail));

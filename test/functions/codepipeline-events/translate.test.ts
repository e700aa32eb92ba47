import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { chainOf } from '#events/identity.ts';
import { stateChangeSchema } from '#functions/codepipeline-events/state-change.ts';
import { phaseOf, translate } from '#functions/codepipeline-events/translate.ts';
import { expectValidCdevent } from '../../cdevents.ts';
import { commit } from '../../events/examples.ts';
import { execution, stateChange } from './state-changes.ts';

const uri = 'https://eu-west-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/checkout';
const service = { name: 'checkout', team: 'pay' };
const origin = { service, chain: chainOf('https://github.com/acme/shop', commit), commit };

const told = (level: 'Pipeline' | 'Stage' | 'Action', detail: Readonly<Record<string, unknown>>, from = origin) => {
  const change = stateChange(level, detail);
  const event = translate(change, phaseOf(change.detail.state)!, uri, from);
  expectValidCdevent(event);
  return event;
};

describe('a state change is told as', () => {
  test.each([
    ['Pipeline', { state: 'STARTED' }, 'pipelinerun.started', execution, undefined],
    ['Pipeline', { state: 'RESUMED' }, 'pipelinerun.started', execution, undefined],
    ['Pipeline', { state: 'SUCCEEDED' }, 'pipelinerun.finished', execution, 'success'],
    ['Pipeline', { state: 'FAILED' }, 'pipelinerun.finished', execution, 'failure'],
    ['Pipeline', { state: 'SUPERSEDED' }, 'pipelinerun.finished', execution, 'cancel'],
    ['Pipeline', { state: 'STOPPED' }, 'pipelinerun.finished', execution, 'cancel'],
    ['Pipeline', { state: 'CANCELED' }, 'pipelinerun.finished', execution, 'cancel'],
    ['Stage', { state: 'STARTED', stage: 'Build' }, 'taskrun.started', `${execution}/Build`, undefined],
    ['Stage', { state: 'FAILED', stage: 'Build' }, 'taskrun.finished', `${execution}/Build`, 'failure'],
    [
      'Action',
      { state: 'STARTED', stage: 'Build', action: 'Test' },
      'taskrun.started',
      `${execution}/Build/Test`,
      undefined,
    ],
    [
      'Action',
      { state: 'ABANDONED', stage: 'Build', action: 'Test' },
      'taskrun.finished',
      `${execution}/Build/Test`,
      'cancel',
    ],
  ] as const)('%s %j: %s', (level, detail, type, subject, outcome) => {
    const event = told(level, detail);
    expect(event.type).toMatch(new RegExp(`^dev\\.cdevents\\.${type}\\.`));
    expect(event).toMatchObject({ subject, service: 'checkout', team: 'pay', time: '2026-11-23T09:31:20.000Z' });
    expect(event.outcome).toBe(outcome);
    expect(event.data.context.chainId).toBe(origin.chain);
  });

  test('a task of its run, by its own name', () => {
    const { data } = told('Action', { state: 'STARTED', stage: 'Build', action: 'Test' });
    expect(data.subject.content).toEqual({ taskName: 'Test', uri, pipelineRun: { id: execution } });
    expect(data.customData).toMatchObject({ system: 'codepipeline', commit, kind: 'action' });
    const stage = told('Stage', { state: 'STARTED', stage: 'Build' });
    expect(stage.data.customData).toMatchObject({ kind: 'stage' });
  });
});

test.each(['STOPPING', 'CANCELLING', 'WHATEVER'])('%s neither begins nor ends anything', (state) => {
  expect(phaseOf(state)).toBeUndefined();
});

describe('what went wrong', () => {
  const failed = { state: 'FAILED', stage: 'Build', action: 'Test' };

  test.each([
    [{ 'error-code': 'JobFailed', 'external-execution-summary': 'exit status 1' }, 'JobFailed: exit status 1'],
    [{ 'external-execution-summary': 'exit status 1' }, 'exit status 1'],
    [{ 'external-execution-id': 'build:1' }, undefined],
    [undefined, undefined],
  ])('is what the action said: %j', (result, errors) => {
    const { content } = told('Action', { ...failed, 'execution-result': result }).data.subject;
    expect(content.errors).toBe(errors);
  });

  test('is cut', () => {
    const result = { 'external-execution-summary': 'x'.repeat(100_000) };
    expect(told('Action', { ...failed, 'execution-result': result }).data.subject.content.errors).toHaveLength(4000);
  });

  test('is not said of an action that succeeded', () => {
    const result = { 'external-execution-summary': 'Build succeeded' };
    const { content } = told('Action', { ...failed, state: 'SUCCEEDED', 'execution-result': result }).data.subject;
    expect(content.errors).toBeUndefined();
  });
});

describe('the id', () => {
  const base = { state: 'STARTED', stage: 'Build', action: 'Test' };
  const idOf = (change: Readonly<Record<string, unknown>>, from = origin): string =>
    told('Action', { ...base, ...change }, from).id;

  test.each([
    ['execution', { 'execution-id': '00000000-0000-4000-8000-000000000000' }],
    ['stage', { stage: 'Deploy' }],
    ['action', { action: 'Lint' }],
    ['attempt', { 'pipeline-execution-attempt': 2 }],
    ['state', { state: 'SUCCEEDED' }],
  ])('differs by %s', (_, change) => {
    expect(idOf(change)).not.toBe(idOf({}));
  });

  test('differs by service, and not by what else AWS adds', () => {
    expect(idOf({}, { ...origin, service: { name: 'cart', team: 'pay' } })).not.toBe(idOf({}));
    expect(idOf({ version: '9', 'action-execution-id': 'another', more: true })).toBe(idOf({}));
    expect(idOf({ 'pipeline-execution-attempt': '1' })).toBe(idOf({}));
  });
});

test.each(['', '-stage', '-action'])('the sample codepipeline-events%s is read', (which) => {
  const sample = JSON.parse(readFileSync(`events/samples/codepipeline-events${which}.json`, 'utf8'));
  expect(stateChangeSchema.parse(sample).detail.pipeline).toBe('checkout');
});

import { describe, expect, test } from 'vitest';
import { compileExpression } from '#local/standins/argocd/notifications/expression.ts';

const app = {
  metadata: { name: 'checkout' },
  status: { operationState: { phase: 'Running', startedAt: 'noon' }, sync: { revision: 'abc' } },
};

const evaluate = (source: string): unknown => compileExpression(source)({ app });

describe('the triggers of Argo CD', () => {
  test.each([
    ["app.status.operationState.phase in ['Running', 'Failed']", true],
    ["app.status.operationState.phase in ['Failed']", false],
    ['app.metadata.deletionTimestamp != nil', false],
    ['app.metadata.deletionTimestamp == nil and true', true],
    ["app.metadata.name == 'checkout' && !(app.status.sync.revision == 'x')", true],
    ["not (app.metadata.name == 'x') or app.nothing.at.all == 'x'", true],
    ["app.status.sync.revision + ' ' + app.status.operationState.startedAt", 'abc noon'],
    ['app.status.health?.status == nil', true],
  ])('evaluate %s', (source, expected) => {
    expect(evaluate(source)).toBe(expected);
  });

  test('do not look at the right side when the left one decides', () => {
    expect(evaluate('app.status.nothing != nil and app.status.nothing.phase == nil')).toBe(false);
  });

  test.each([
    ['app.status.health.status', 'cannot fetch status from <nil>'],
    ["app.status.sync.revisions + ' '", 'invalid operation: <nil> + string'],
  ])('fail as expr-lang does: %s', (source, message) => {
    expect(() => evaluate(source)).toThrow(message);
  });

  test('compare with strings and lists only', () => {
    expect(() => compileExpression('app.x == 1')).toThrow('1" in the expression');
  });

  test.each(['len(app.status) > 1', 'time.Now()', "app.metadata.annotations['x']", 'app.x ?? 1', 'a ? b : c'])(
    'are refused by name where they go beyond: %s',
    (source) => {
      expect(() => compileExpression(source)).toThrow('is not known here');
    },
  );
});

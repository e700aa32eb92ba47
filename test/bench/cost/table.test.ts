import { expect, test } from 'vitest';
import { costLines } from './table.ts';

test('what was counted of some deliveries is told of a thousand, at its price', () => {
  const runs = new Map([
    ['fairlead-dev-image-tag-updater', { times: 2, milliseconds: 800, memoryMb: 1024 }],
    ['fairlead-dev-event-log', { times: 40, milliseconds: 4000, memoryMb: 256 }],
  ]);
  const lines = costLines({ amounts: new Map([['EventBridge events', 42]]), runs }, 2);
  expect(lines).toContain('| EventBridge events | 21000 | 0.0210 |');
  expect(lines).toContain('| SQS requests | 3000 | 0.0012 |');
  expect(lines).toContain('| **together** |  | **0.02** |');
  expect(lines).toContain('| event-log | 20 | 100 | 256 |');
});

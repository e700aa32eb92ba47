import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commitMessage } from '#shared/gitops/message.ts';
import { intentOf } from './standard.ts';

const subjectOf = (message: string): string => message.split('\n')[0] ?? '';
const trailersOf = (message: string): string[] => message.trimEnd().split('\n\n').at(-1)?.split('\n') ?? [];

describe('a commit message', () => {
  it('says in its subject what runs where from now on', () => {
    const one = intentOf('main-1', 1);
    const elsewhere = intentOf('main-1', 1, { environment: 'production' });
    const back = intentOf('main-1', 1, { reason: 'rollback' });
    expect(subjectOf(commitMessage([one]))).toBe('checkout: staging to main-1');
    expect(subjectOf(commitMessage([one, elsewhere]))).toBe('checkout: staging, production to main-1');
    expect(subjectOf(commitMessage([one, intentOf('main-2', 2, { target: 'worker' })]))).toBe(
      'checkout: staging to 2 new images',
    );
    expect(subjectOf(commitMessage([back]))).toBe('checkout: roll staging back to main-1');
    const long = intentOf(`main-${'f'.repeat(100)}`, 1, { environment: 'e'.repeat(60) });
    expect(subjectOf(commitMessage([long])).length).toBeLessThanOrEqual(100);
  });

  it('has its subject of a template, in which a value is not read again', () => {
    const template = '[{service}] {images} → {environments}';
    expect(subjectOf(commitMessage([intentOf('main-1', 1)], new Map(), template))).toBe('[checkout] main-1 → staging');
    const evil = commitMessage([intentOf('main-1', 1, { environment: '{service}' })], new Map(), template);
    expect(subjectOf(evil)).toBe('[checkout] main-1 → {service}');
    expect(subjectOf(commitMessage([intentOf('main-1', 1)], new Map(), '{change}'))).toBe('staging to main-1');
  });

  it('leaves out the source commit where none is known', () => {
    const trailers = trailersOf(commitMessage([intentOf('main-1', 1, { commit: undefined })]));
    expect(trailers.map((line) => line.split(':')[0])).toEqual(['Fairlead-Event', 'Fairlead-Chain', 'Image']);
  });

  it('has the trailers of its intents and no others, whatever is in a name', () => {
    const evil = fc
      .array(
        fc.oneof(
          fc.constantFrom('\n', '\r\n', '\n\n', '\u2028', '\u0085', 'Fairlead-Event: forged', 'Image: x'),
          fc.string(),
        ),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(evil, evil, evil, (actor, event, chain) => {
        const message = commitMessage([intentOf('main-1', 1, { actor, event, chain })]);
        expect(message.split('\n')).toHaveLength(8 + 1);
        expect(trailersOf(message).map((line) => line.split(': ')[0])).toEqual([
          'Fairlead-Event',
          'Fairlead-Chain',
          'Source-Commit',
          'Image',
        ]);
      }),
    );
  });
});

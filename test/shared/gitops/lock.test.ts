import { describe, expect, it } from 'vitest';
import { decide } from '#shared/gitops/decide.ts';
import { formatLock, lockPath, parseLock } from '#shared/gitops/lock.ts';
import { intentOf } from './standard.ts';

const lockOf = () => {
  const decision = decide(undefined, { tag: 'v0' }, intentOf('v1', 1));
  if (decision.decision !== 'accept') throw new Error('the first image is accepted');
  return decision.lock;
};

describe('the lock file', () => {
  it('has its place at the root of the GitOps repository', () => {
    expect(lockPath(intentOf('v1', 1))).toBe('.fairlead/checkout/staging.lock');
  });

  it('is indented JSON with a stable order of keys and a last newline', () => {
    const lock = lockOf();
    const [target] = Object.values(lock.targets);
    if (!target) throw new Error('the lock has a target');
    const one = formatLock({ ...lock, targets: { worker: target, app: target } });
    const two = formatLock({
      targets: { app: target, worker: target },
      environment: 'staging',
      service: 'checkout',
      version: 1,
    });
    expect(one.toString()).toBe(two.toString());
    expect(one.toString()).toMatch(
      /^\{\n {2}"version": 1,\n {2}"service": "checkout",[\s\S]+"app"[\s\S]+"worker"[\s\S]+\}\n$/,
    );
    expect(parseLock('x', formatLock(lock))).toEqual(lock);
  });

  it.each([
    ['conflict markers', '<<<<<<< HEAD\n{}', 'is not valid JSON'],
    ['nothing', '', 'JSON'],
    ['a later version', JSON.stringify({ ...lockOf(), version: 2 }), 'version'],
    ['an unknown key', JSON.stringify({ ...lockOf(), more: true }), 'more'],
    ['a target that is incomplete', JSON.stringify({ ...lockOf(), targets: { app: {} } }), 'targets.app.current'],
  ])('with %s is refused by name', (_name, content, why) => {
    const read = () => parseLock('.fairlead/checkout/staging.lock', Buffer.from(content));
    expect(read).toThrow(/^\.fairlead\/checkout\/staging\.lock can't be read: .*does not overwrite it/);
    expect(read).toThrow(why);
  });
});

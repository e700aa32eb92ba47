import { describe, expect, it } from 'vitest';
import { serviceDeployed, serviceRolledback, serviceUpgraded } from '#events/services.ts';
import { kindOf } from '#functions/argocd-webhook/deployments.ts';
import { committed } from '../rollback-trigger/deployment.ts';

describe('what runs', () => {
  it.each([
    ['the first image', committed(1, 100, { first: true }), serviceDeployed],
    ['every other', committed(2, 200), serviceUpgraded],
    ['one that a rollback brought', committed(1, 300, { back: 2 }), serviceRolledback],
    ['one that a rollback brought, and was the first', committed(1, 300, { back: 2, first: true }), serviceRolledback],
  ])('is told of as what it is: %s', (_what, commit, kind) => {
    expect(kindOf(commit).type).toBe(kind.type);
  });
});

import type { Bundle } from './bundle.ts';

/**
 * How large a function's bundle may become, in kB: a cold start reads and compiles all of it. Raise one only for what the
 * function needs; what made a bundle larger is in esbuild's metafile. github-webhook's stays: GitHub waits for it.
 */
export const budgets: Readonly<Record<string, number>> = {
  'argocd-sync': 570,
  'argocd-webhook': 590,
  'codepipeline-events': 590,
  'deploy-notifier': 680,
  'ecr-events': 600,
  'event-log': 560,
  'github-webhook': 350,
  'image-policy': 560,
  'image-tag-updater': 950,
  'pipeline-trigger': 600,
  reconciler: 620,
  'rollback-trigger': 570,
  'smoke-test': 520,
};

const kilobytes = (bytes: number): number => Math.ceil(bytes / 1000);

export const isOverBudget = ({ name, bytes }: Bundle): boolean => kilobytes(bytes) > (budgets[name] ?? 0);

/** `github-webhook 329 kB of 350`, for people. */
export const describeSize = (bundle: Bundle): string => {
  const size = `${bundle.name} ${kilobytes(bundle.bytes)} kB of ${budgets[bundle.name] ?? 'no budget in build/budgets.ts'}`;
  return isOverBudget(bundle) ? `${size}: too large` : size;
};

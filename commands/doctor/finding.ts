/** What was found out about one thing that has to be set up. */
export interface Finding {
  readonly area: Area;
  readonly state: 'ok' | 'missing' | 'unknown';
  /** An `error` keeps deliveries from arriving; a `warning` does not, or not yet. */
  readonly severity: 'error' | 'warning';
  readonly says: string;
  /** The command or the setting that mends it; of what can't be told, how to look. */
  readonly advice?: string | undefined;
}

export const areas = [
  'aws',
  'stack',
  'configuration',
  'secrets',
  'webhooks',
  'github',
  'gitops',
  'argocd',
  'slack',
  'pipelines',
  'registry',
  'failures',
  'alarms',
] as const;

export type Area = (typeof areas)[number];

/** The findings of one area. */
export const findingsIn = (area: Area) => ({
  ok: (says: string): Finding => ({ area, state: 'ok', severity: 'error', says }),
  /** Deliveries do not arrive before it is mended. */
  missing: (says: string, advice: string): Finding => ({ area, state: 'missing', severity: 'error', says, advice }),
  advised: (says: string, advice: string): Finding => ({ area, state: 'missing', severity: 'warning', says, advice }),
  unknown: (says: string, advice?: string): Finding => ({ area, state: 'unknown', severity: 'warning', says, advice }),
});

/** Whether somebody has to do something before deliveries arrive. */
export const isMissing = ({ state, severity }: Finding): boolean => state === 'missing' && severity === 'error';

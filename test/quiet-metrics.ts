import { Metrics } from '@aws-lambda-powertools/metrics';

const variable = 'POWERTOOLS_METRICS_DISABLED';

/** Metrics that are not written out. They read the variable when they are made; whoever comes next in the process has it not. */
export const quietMetrics = (serviceName: string): Metrics => {
  process.env[variable] = 'true';
  try {
    return new Metrics({ namespace: 'Fairlead', serviceName });
  } finally {
    delete process.env[variable];
  }
};

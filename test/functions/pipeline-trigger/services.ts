/** A service that a pipeline builds from acme/shop, as its team would write it. */
export const service = (pipeline: string, source: { paths?: string[] } = {}) => ({
  team: 'pay',
  source: { repository: 'https://github.com/acme/shop', ...source },
  build: { codepipeline: { pipeline, source: 'Source' } },
  images: { app: `111122223333.dkr.ecr.eu-west-1.amazonaws.com/${pipeline}` },
  environments: { staging: { path: 'apps/staging', applications: ['staging'] } },
});

import { type Cloud, type CloudOptions, startCloud } from './cloud.ts';
import { startDeployed } from './deployed.ts';
import { packageStage } from './package.ts';

export interface StageOptions {
  readonly stage: string;
  /** Values of `params` in serverless.yml, in place of the stage's. */
  readonly params: Readonly<Record<string, string>>;
  /** Where the package goes. */
  readonly folder: string;
  /** Nothing is packaged: somebody deploys it. */
  readonly empty: boolean;
  /** Changes the package in that folder, before it runs. */
  readonly tampered?: ((folder: string) => Promise<void>) | undefined;
}

/** As if the layer with git had been deployed: the machine's own git stands in for what is in it. */
const gitLayer = ({ partition, region, account }: Cloud['model']): string =>
  `arn:${partition}:lambda:${region}:${account}:layer:fairlead-git:1`;

/** A stage in an account: packaged and running, or an account into which it can be deployed. */
export const startStage = async (
  { stage, params, folder, empty, tampered }: StageOptions,
  options: Omit<CloudOptions, 'packaged' | 'stackName'>,
): Promise<Cloud> => {
  if (!empty) await packageStage(stage, params, folder);
  await tampered?.(folder);
  const cloud = empty
    ? await startDeployed(options)
    : await startCloud({ ...options, packaged: folder, stackName: `fairlead-${stage}` });
  cloud.parameters.put(`/fairlead/${stage}/layers/git`, gitLayer(cloud.model), 'String');
  return cloud;
};

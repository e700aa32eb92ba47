import { imageRepositorySchema } from '#events/image.ts';

const ecr = /^[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\//;

/** Registries that publish other people's software, and nobody's own. */
const others =
  /^(docker\.io\/)?library\/|^(registry\.k8s\.io|k8s\.gcr\.io|mcr\.microsoft\.com|public\.ecr\.aws|docker\.elastic\.co|registry\.access\.redhat\.com)\//;

/** Why an image is probably not built by the people whose repository this is; undefined if it may be theirs. */
export const createForeign = (repositories: readonly string[]) => {
  // Fairlead hears of images in ECR: where there are some, all others are foreign.
  const usesEcr = repositories.some((repository) => ecr.test(repository));
  return (repository: string): string | undefined => {
    if (!imageRepositorySchema.safeParse(repository).success) return 'has no registry in its name';
    if (usesEcr) return ecr.test(repository) ? undefined : 'is not in ECR, as others here are';
    return others.test(repository) ? 'is in a public registry' : undefined;
  };
};

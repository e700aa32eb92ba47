import type { Findings } from './findings.ts';
import { isRefused } from './findings.ts';
import { startFile } from './start/present.ts';

/** Findings for programs, all of them. */
export const planJson = (findings: Findings) => {
  const { surveys, environments, disabled, starting } = findings;
  const { platform, services, additions, leftOut } = starting;
  return {
    refused: isRefused(findings),
    repositories: surveys.map(({ repository, images, deploying, unreadable }) => ({
      name: repository.name,
      manifests: repository.snapshot.contents.size,
      images: images.map(({ file, line, key, format, repository: image, written }) => ({
        file,
        line,
        key,
        format,
        image,
        ...written,
      })),
      applications: deploying.applications.map(({ name, where, set }) => ({ name, where, set })),
      unreadable,
    })),
    environments: environments.map(({ targets, ...environment }) => ({
      ...environment,
      targets: targets.map(({ target, repository, verdict }) => ({ target, image: repository, ...verdict })),
    })),
    disabled: disabled.map(({ name, problems }) => ({ name, problems })),
    leftOut: leftOut.map(({ image: { file, line, repository }, why }) => ({ file, line, image: repository, why })),
    starting: {
      ...(platform !== undefined && { 'fairlead.yaml': platform }),
      ...(services !== '' && { [startFile]: services }),
    },
    additions,
  };
};

import { chainOf } from '#events/identity.ts';
import type { Service } from '#shared/config/config.ts';
import { push } from './standins/github/push.ts';
import { badMarker } from './standins/services/answer.ts';
import { fileOf, repositoryName } from './world/world.ts';

/** One commit on its way, as the one who pushed it knows it. */
export interface Pushed {
  readonly service: Service;
  /** `owner/name` */
  readonly repository: string;
  readonly commit: string;
  readonly chain: string;
}

const subjects = ['greet by name', 'count what is sold', 'round half to even', 'forget nobody', 'say what went wrong'];

/** Changes a file that concerns the service and pushes it, as its developer would. What is built of a bad one answers 500. */
export const pushService = async (
  githubUrl: string,
  service: Service,
  { bad = false }: { readonly bad?: boolean } = {},
): Promise<Pushed> => {
  if (service.source === undefined) throw new Error(`${service.name} has no source in the configuration.`);
  const repository = repositoryName(service.source.repository);
  const moment = Date.now();
  const commit = await push(`${githubUrl}/${repository}.git`, {
    branch: service.source.branch,
    files: {
      [fileOf(service)]: `// ${service.name}, ${new Date(moment).toISOString()}\n${bad ? `${badMarker}\n` : ''}`,
    },
    message: `${service.name}: ${subjects[Math.floor(moment / 1000) % subjects.length]}`,
    author: { name: 'Ada Lovelace', email: 'ada@acme.example' },
  });
  return { service, repository, commit, chain: chainOf(service.source.repository, commit) };
};

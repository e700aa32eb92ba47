import type { Config } from '#shared/config/config.ts';
import { describeProblem } from '#shared/config/parse.ts';
import { type Finding, findingsIn } from '../finding.ts';

const { ok, missing, advised } = findingsIn('configuration');

/** What a configuration says for a stage, and which of its services are switched off. */
export const judgeConfiguration = ({ services, disabled, version }: Config, stage: string): Finding[] => {
  const environments = services.flatMap((service) => service.environments);
  const writing = environments.filter(({ mode }) => mode === 'write').length;
  return [
    ...disabled.map(({ name, problems }) =>
      missing(`${name} is switched off, for its configuration is wrong`, problems.map(describeProblem).join('\n')),
    ),
    environments.length === 0
      ? advised(
          `no environment of the configuration belongs to the stage ${stage}`,
          'An environment without "stage" belongs to every stage; npm run plan writes a configuration to start with.',
        )
      : ok(
          `version ${version}: ${services.length} ${services.length === 1 ? 'service' : 'services'}, ${environments.length} ${environments.length === 1 ? 'environment' : 'environments'}, of which ${writing} in mode write`,
        ),
  ];
};

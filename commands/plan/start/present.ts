import type { Config } from '#shared/config/config.ts';
import type { ConfigFiles } from '#shared/config/parse.ts';

/** The configuration that there is already. */
export interface Present {
  readonly files: ConfigFiles;
  readonly config: Config;
}

/** The file that the services' text is meant for. */
export const startFile = 'services/start.yaml';

import { Upstream } from '#shared/handlers/errors.ts';
import type { Publishing } from '#shared/handlers/publishing.ts';
import type { Config, ConfigSource } from './config.ts';
import { parseConfigFiles } from './files.ts';
import { parseConfig } from './parse.ts';

/** What is published: a text, the one that was seen before, or nothing. `etag` tells texts apart. */
export type Published = { readonly etag: string; readonly text: string } | 'same' | 'nothing';

/** Reads what is published, unless it is what was seen. */
export type ReadPublished = (seen: string | undefined, signal: AbortSignal) => Promise<Published>;

/** How long what was read counts as what is published. What is published is taken up within it. Milliseconds. */
const keptFor = 60_000;

/** How soon it is looked at again when that failed, and how long a look may take. Milliseconds. */
const againAfter = 10_000;
const patience = 2000;

interface Dependencies {
  readonly read: ReadPublished;
  /** What counts as long as nothing was ever published. */
  readonly bundled: ConfigSource;
  readonly stage: string;
  readonly runtime: Pick<Publishing, 'logger' | 'metrics'>;
  readonly now?: () => number;
}

/**
 * The configuration that is published, looked at once a minute at most and not with every event. The last good one stays
 * where a new one is wrong or cannot be read; who never had one waits, rather than act by what somebody has replaced. Every
 * line of the log that follows in an invocation names the version. A handler asks once, and sees one version to its end.
 */
export const createPublishedConfig = ({
  read,
  bundled,
  stage,
  runtime: { logger, metrics },
  now = Date.now,
}: Dependencies): ConfigSource => {
  let taken: { readonly config: Config; readonly from: 'published' | 'bundled' } | undefined;
  /** The last that was read, right or wrong, and what is wrong with it. */
  let seen: string | undefined;
  let wrong: unknown;
  let lookAfter = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;

  const take = (config: Config, from: 'published' | 'bundled'): void => {
    if (taken?.config.version !== config.version || taken.from !== from) {
      const { version, services, disabled } = config;
      logger.info('CONFIG_TAKEN', {
        version,
        from,
        services: services.length,
        disabled: disabled.map((one) => one.name),
      });
    }
    taken = { config, from };
  };

  const takePublished = (text: string): void => {
    try {
      take(parseConfig(parseConfigFiles(text), stage), 'published');
      wrong = undefined;
    } catch (error) {
      wrong = error;
    }
  };

  const look = async (): Promise<void> => {
    try {
      const published = await read(seen, AbortSignal.timeout(patience));
      if (published === 'nothing') {
        take(await bundled(), 'bundled');
        seen = undefined;
        wrong = undefined;
      } else if (published !== 'same') {
        seen = published.etag;
        takePublished(published.text);
      }
      lookAfter = now() + keptFor;
      if (wrong !== undefined) throw wrong;
    } catch (cause) {
      if (cause !== wrong) lookAfter = now() + againAfter;
      metrics.addMetric('ConfigNotTaken', 'Count', 1);
      logger.error('CONFIG_NOT_TAKEN', { error: cause, kept: taken?.config.version });
      if (taken === undefined) throw new Upstream('There is no configuration to act by.', { cause });
    }
  };

  return async () => {
    if (now() >= lookAfter || taken === undefined) {
      looking ??= look().finally(() => {
        looking = undefined;
      });
      await looking;
    }
    if (taken === undefined) throw new Upstream('There is no configuration to act by.');
    logger.appendKeys({ config: taken.config.version });
    return taken.config;
  };
};

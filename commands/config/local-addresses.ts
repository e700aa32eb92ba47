import * as z from 'zod';
import type { ConfigFile, ConfigFiles } from '#shared/config/parse.ts';
import { Failure } from '../failure.ts';

const named = z.record(z.string(), z.looseObject({}));
const platformSchema = z.looseObject({ gitops: named, argocd: named.default({}) });
const servicesSchema = z.record(
  z.string(),
  z.looseObject({
    environments: z.record(z.string(), z.looseObject({ smoke: z.array(z.record(z.string(), z.unknown())).optional() })),
  }),
);

type Named = z.output<typeof named>;

const moved = (kind: string, given: Named, local: Named, keys: readonly string[]): Named =>
  Object.fromEntries(
    Object.entries(given).map(([name, one]) => {
      const there = local[name];
      if (there === undefined)
        throw new Failure(`The local Fairlead has no stand-in for ${kind} ${name}: start it with this configuration.`);
      return [name, { ...one, ...Object.fromEntries(keys.map((key) => [key, there[key]])) }];
    }),
  );

const methods = ['get', 'head', 'post', 'put', 'delete'];

const isUrl = (value: unknown): value is string => typeof value === 'string' && URL.canParse(value);

/** Where the stand-in of a place answers, by `<service>/<environment>`. */
const originsOf = (files: readonly ConfigFile[]): ReadonlyMap<string, string> =>
  new Map(
    files.flatMap(({ content }) =>
      Object.entries(servicesSchema.safeParse(content).data ?? {}).flatMap(([service, { environments }]) =>
        Object.entries(environments).flatMap(([environment, { smoke = [] }]): [string, string][] => {
          const url = smoke.flatMap((check) => methods.map((method) => check[method])).find(isUrl);
          return url === undefined ? [] : [[`${service}/${environment}`, new URL(url).origin]];
        }),
      ),
    ),
  );

const withOrigins = (file: ConfigFile, origins: ReadonlyMap<string, string>): ConfigFile => {
  const { data: services } = servicesSchema.safeParse(file.content);
  if (services === undefined) return file; // what is wrong with it is said elsewhere
  const check = (one: Readonly<Record<string, unknown>>, origin: string) =>
    Object.fromEntries(
      Object.entries(one).map(([key, value]) => {
        if (!methods.includes(key) || !isUrl(value)) return [key, value];
        const { pathname, search } = new URL(value);
        return [key, `${origin}${pathname}${search}`];
      }),
    );
  const content = Object.entries(services).map(([service, { environments, ...rest }]) => {
    const all = Object.entries(environments).map(([environment, one]) => {
      const origin = origins.get(`${service}/${environment}`);
      return [environment, origin && one.smoke ? { ...one, smoke: one.smoke.map((each) => check(each, origin)) } : one];
    });
    return [service, { ...rest, environments: Object.fromEntries(all) }];
  });
  return { ...file, content: Object.fromEntries(content) };
};

/** The files with the addresses of the stand-ins, as a local Fairlead was started with: nothing local goes to real places. */
export const withLocalAddresses = (files: ConfigFiles, local: ConfigFiles): ConfigFiles => {
  const given = platformSchema.parse(files.platform.content);
  const there = platformSchema.parse(local.platform.content);
  const origins = originsOf(local.services);
  return {
    ...files,
    platform: {
      ...files.platform,
      content: {
        ...given,
        gitops: moved('gitops', given.gitops, there.gitops, ['repository', 'api']),
        argocd: moved('argocd', given.argocd, there.argocd, ['url']),
      },
    },
    services: files.services.map((file) => withOrigins(file, origins)),
  };
};

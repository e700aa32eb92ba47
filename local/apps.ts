import { generateKeyPairSync } from 'node:crypto';
import type { Config } from '#shared/config/config.ts';
import type { App } from './standins/github/api/tokens.ts';
import type { World } from './world/world.ts';

/** The GitHub Apps that a configuration names, as the stand-in installs them, and the keys that a user would put into SSM. */
export const appsOf = ({ gitops }: Config, world: World) => {
  const named = Object.values(gitops).flatMap(({ name, app }) => (app === undefined ? [] : [{ name, app }]));
  const installed: App[] = [];
  const parameters: Record<string, string> = {};
  for (const { name, app } of named) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = privateKey.export({ format: 'pem', type: 'pkcs1' }).toString();
    const repository = world.gitops[name]?.name ?? name;
    installed.push({ id: String(app.id), installation: app.installation, key, repositories: [repository] });
    parameters[`gitops/${name}/app-key`] = key;
  }
  return { installed, parameters };
};

import type { IncomingMessage } from 'node:http';

/** One of the two requests of a fetch or a push: first the refs are asked for, then packs travel. */
export interface GitRequest {
  repository: string;
  kind: 'fetch' | 'push';
  step: 'refs' | 'pack';
}

export interface Route extends GitRequest {
  method: 'GET' | 'POST';
  /** As `git http-backend` wants it: below the root, with `.git`. */
  path: string;
  query: string;
}

const pattern = /^\/(.+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

/** What a request asks for; undefined when smart HTTP does not know it. */
export const routeOf = ({ method, url = '/' }: IncomingMessage): Route | undefined => {
  const { pathname, search, searchParams } = new URL(url, 'http://localhost');
  const [, repository, endpoint] = pattern.exec(pathname) ?? [];
  if (repository === undefined || endpoint === undefined) return undefined;
  const step = endpoint === 'info/refs' ? 'refs' : 'pack';
  const expected = step === 'refs' ? 'GET' : 'POST';
  const service = step === 'refs' ? searchParams.get('service') : endpoint;
  if (method !== expected || (service !== 'git-upload-pack' && service !== 'git-receive-pack')) return undefined;
  const kind = service === 'git-receive-pack' ? 'push' : 'fetch';
  return { repository, kind, step, method: expected, path: `/${repository}.git/${endpoint}`, query: search.slice(1) };
};

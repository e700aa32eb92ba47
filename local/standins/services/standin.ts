import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type Listening, listen } from '../../aws/listen.ts';
import { answerOf, type Running } from './answer.ts';

/** A service in an environment: what answers at its address. */
export interface Place {
  readonly service: string;
  readonly environment: string;
  /** Each as `<argocd>/<name>`. */
  readonly applications: readonly string[];
  /** `registry/repository` of each of its images. */
  readonly repositories: readonly string[];
}

/** One request as it comes in. `number` counts those to the same place, from 1. */
export interface Call {
  readonly service: string;
  readonly environment: string;
  readonly path: string;
  readonly number: number;
}

/** What can go wrong with an answer. With `number`, a fault that comes and goes. */
export type Fault =
  | { readonly kind: 'slow'; readonly milliseconds: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'status'; readonly status: number };

interface Options {
  readonly places: readonly Place[];
  /** The images that the ready pods of an application run, as manifests write them; asked anew for each request. */
  readonly running: (application: string) => readonly string[];
  /** The source that an image was built of. */
  readonly sourceOf: (service: string, image: { repository: string; tag: string }) => Promise<string | undefined>;
  readonly faults?: (call: Call) => Fault | undefined;
}

/** `repository:tag`, with or without a digest behind it. */
const parseReference = (reference: string): { repository: string; tag: string } => {
  const [named = ''] = reference.split('@');
  const colon = named.lastIndexOf(':');
  return colon > named.lastIndexOf('/')
    ? { repository: named.slice(0, colon), tag: named.slice(colon + 1) }
    : { repository: named, tag: '' };
};

const respond = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

/**
 * The services that run in the clusters, as far as one can ask them how they are: at each place a server that answers
 * any request with what the image that Argo CD runs there would answer. It runs no image: whether one is good is read in
 * its source.
 */
export const createServicesStandin = async ({ places, running, sourceOf, faults = () => undefined }: Options) => {
  const closing = new AbortController();
  const servers: Listening[] = [];
  const urls: Record<string, string> = {};

  const imagesOf = ({ service, applications, repositories }: Place): Promise<Running[]> => {
    const images = new Map(applications.flatMap(running).map((reference) => [reference, parseReference(reference)]));
    return Promise.all(
      [...images.values()]
        .filter(({ repository }) => repositories.includes(repository))
        .map(async (image) => ({ tag: image.tag, source: await sourceOf(service, image) })),
    );
  };

  const serve = (place: Place): Promise<Listening> => {
    const { service, environment } = place;
    let number = 0;
    return listen(0, async (request, response) => {
      number += 1;
      const fault = faults({ service, environment, path: request.url ?? '/', number });
      if (fault?.kind === 'hang') return;
      if (fault?.kind === 'slow') await wait(fault.milliseconds, undefined, { signal: closing.signal });
      const { status, body } = answerOf(await imagesOf(place));
      if (fault?.kind === 'status') respond(response, fault.status, { status: 'error' });
      else respond(response, status, body);
    });
  };

  for (const place of places) {
    const server = await serve(place);
    servers.push(server);
    urls[`${place.service}/${place.environment}`] = server.url;
  }
  return {
    /** By `<service>/<environment>`. */
    urls,
    close: async (): Promise<void> => {
      closing.abort();
      await Promise.all(servers.map(({ close }) => close()));
    },
  };
};

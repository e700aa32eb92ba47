import { purlOf } from '#events/image.ts';
import type { LostImages } from '#shared/clients/lost-images.ts';
import type { Deliveries } from '#shared/deliveries/deliveries.ts';
import { Upstream } from '#shared/handlers/errors.ts';
import { type EcrRepository, grace, isToldOf } from '#shared/reconciling/ecr.ts';
import { sinceOf } from './decide.ts';
import { mostMended, type Step } from './walk.ts';

interface Dependencies {
  readonly images: LostImages;
  readonly deliveries: Pick<Deliveries, 'bySubject'>;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Another account's registry lets in whom its policies name, and a configuration may come before its repository. */
const notThere = new Set(['AccessDeniedException', 'RepositoryNotFoundException']);

const asked = async <Answer>(what: string, answer: Promise<Answer>): Promise<Answer> => {
  try {
    return await answer;
  } catch (cause) {
    const said = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new Upstream(`${what} failed: ${said}`, { cause });
  }
};

const isNotThere = (error: unknown): error is Upstream =>
  error instanceof Upstream && error.cause instanceof Error && notThere.has(error.cause.name);

/** Gives ecr-events the events that ECR should have sent of a repository's images. */
export const createTell = ({ images, deliveries, now, signal }: Dependencies) =>
  async function* (repository: EcrRepository): AsyncGenerator<Step> {
    const listed = await asked(
      `Listing ${repository.repository}`,
      images.pushed(repository, sinceOf(now), signal),
    ).catch((error: unknown) => {
      if (isNotThere(error)) return error.message;
      throw error;
    });
    if (typeof listed === 'string') {
      yield { notAsked: listed };
      return;
    }
    if (!listed.complete) yield { notAsked: `${repository.repository} has more images than are looked at` };
    let told = 0;
    for (const image of listed.images.filter(({ pushedAt }) => Date.parse(pushedAt) <= now - grace)) {
      if (told === mostMended || signal.aborted) return;
      const name = `${image.repository}:${image.tag}`;
      if (isToldOf(await asked(`Looking for ${name} in the log`, deliveries.bySubject(purlOf(image))))) continue;
      await asked(`Telling of ${name}`, images.tell(image, signal));
      told += 1;
      yield { mended: name };
    }
  };

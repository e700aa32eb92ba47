/** A line that makes a commit bad: what is built of a source with it answers 500. */
export const badMarker = '// bad: answers 500';

/** An image that runs, and the source that it was built of, where that is known. */
export interface Running {
  readonly tag: string;
  readonly source: string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly body: { readonly status: string; readonly version?: string };
}

const isBad = ({ source }: Running): boolean => source?.split('\n').some((line) => line.trim() === badMarker) ?? false;

/** What a service answers whose images run like this: with several, a bad one tells. */
export const answerOf = (images: readonly Running[]): Answer => {
  const bad = images.find(isBad);
  const [first] = images;
  if (bad !== undefined) return { status: 500, body: { status: 'error', version: bad.tag } };
  if (first === undefined) return { status: 503, body: { status: 'nothing runs here' } };
  return { status: 200, body: { status: 'ok', version: first.tag } };
};

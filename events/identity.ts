import { v5 } from 'uuid';

/** The namespace of every id that Fairlead derives. Changing it would make every retry a stranger. */
const namespace = v5('https://github.com/fairlead/fairlead', v5.URL);

/** The id of what these parts say happened: the same parts, the same id, on every retry and every machine. */
export const deriveId = (...parts: readonly (string | undefined)[]): string =>
  v5(JSON.stringify(parts.map((part) => part ?? null)), namespace);

/** A repository's URL in the one form that ids are derived from: lower case, without `.git` or a trailing slash. */
export const canonicalRepository = (url: string): string =>
  url
    .toLowerCase()
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');

/** A delivery is the journey of one commit of one repository. */
export const chainOf = (repositoryUrl: string, commit: string): string =>
  v5(`${canonicalRepository(repositoryUrl)} ${commit.toLowerCase()}`, namespace);

/** W3C Trace Context, version 00: the chain's 128 bits are the trace id, the event's last 64 bits its span. */
export const traceparentOf = (chain: string, eventId: string): string =>
  `00-${chain.replaceAll('-', '')}-${eventId.replaceAll('-', '').slice(16)}-01`;

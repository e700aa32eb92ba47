import { Blocked, Upstream } from '#shared/handlers/errors.ts';

/** As long as an event takes. */
const longestMessage = 2000;

const next = 'The request is kept in the failure queue: send it on its way again when that is mended.';

/** Why a request lies in the failure queue, for the event that says so. What a bug says is for the log alone. */
export const failureOf = (reason: Error): { readonly code: string; readonly message: string } => {
  const known = reason instanceof Blocked || reason instanceof Upstream;
  const message = known ? reason.message : 'Fairlead failed on it: its log says why.';
  return {
    code: reason instanceof Blocked ? 'push-declined' : 'not-written',
    message: `${message.slice(0, longestMessage - next.length - 1)} ${next}`,
  };
};

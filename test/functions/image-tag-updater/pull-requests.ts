/** Inert: throws if it is touched. */
export const noPullRequests = {
  offer: async (): Promise<never> => {
    throw new Error('fake: nothing is offered by a pull request');
  },
  brought: async (): Promise<never> => {
    throw new Error('fake: no pull request has ended');
  },
};

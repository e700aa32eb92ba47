import { isHold } from '#shared/gitops/intent.ts';
import type { Standing } from '#shared/gitops/offers/offer.ts';

/** The title and the body of a pull request. */
export interface PullText {
  readonly title: string;
  readonly body: string;
}

const longestBody = 20_000;

/** What people read first of a pull request that must not wait. */
const urgent = 'Urgent: ';

const isRollback = ({ wishes }: Pick<Standing, 'wishes'>): boolean =>
  wishes.some((wish) => !isHold(wish) && wish.reason === 'rollback');

/**
 * What a pull request says of itself: the commit's subject and who asked for what. Its trailers are the last paragraph, so that
 * a squash whose message is the pull request's keeps them.
 */
export const pullTextOf = (standing: Standing, environment: string): PullText => {
  const [subject = '', asked = '', ...rest] = standing.message.trimEnd().split('\n\n');
  const back = isRollback(standing);
  const why = back
    ? `**This is a rollback.** What runs in ${environment} now is bad, and stays there until this is merged.`
    : standing.wishes.every(isHold)
      ? `Merging this changes no image in ${environment}, only what Fairlead holds there.`
      : `Merging this deploys it to ${environment}.`;
  const paragraphs = [
    why,
    `\`\`\`text\n${asked.replaceAll('`', "'")}\n\`\`\``,
    'Fairlead changes this pull request when something newer comes, unless somebody has committed to its branch. Closing it without a merge means no: what is in it does not come again by itself.',
    rest.join('\n\n'),
  ];
  return { title: `${back ? urgent : ''}${subject}`, body: paragraphs.join('\n\n').slice(0, longestBody) };
};

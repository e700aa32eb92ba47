import { GitError } from 'simple-git';
import type { Contender, Course } from '../contender.ts';
import type { Update } from '../site/check.ts';
import { cloneAndCommit, plainClone } from './clone.ts';

const mostTries = 200;

const race = async (course: Course, update: Update): Promise<void> => {
  const git = await cloneAndCommit(course, update, plainClone);
  for (let left = mostTries; ; left -= 1) {
    try {
      await git.push('origin', course.branch);
      return;
    } catch (error) {
      if (left === 0 || !(error instanceof GitError)) throw error;
      await git.pull('origin', course.branch, ['--rebase']);
    }
  }
};

/** One writer for each update, all at once; who is rejected pulls with `--rebase` and tries again. */
export const racing: Contender = {
  name: 'racing writers, pull --rebase',
  run: async (course, updates) => {
    await Promise.all(updates.map((update) => race(course, update)));
  },
};

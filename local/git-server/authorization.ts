import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether an `Authorization` header shows this token, as forges want it: Basic, the user `x-access-token`. */
export const shows = (header: string | undefined, token: string): boolean => {
  const expected = `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
  return timingSafeEqual(digest(header ?? ''), digest(expected));
};

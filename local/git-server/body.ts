import type { IncomingMessage } from 'node:http';
import { type Readable, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';

export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** A request's body as git wrote it, unzipped, and never more of it than `limit` bytes. */
export const readBody = (request: IncomingMessage, limit: number): Readable => {
  let size = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > limit) done(new TooLarge(`a request of more than ${limit} bytes`));
      else done(null, chunk);
    },
  });
  const zipped = request.headers['content-encoding'] === 'gzip' || request.headers['content-encoding'] === 'x-gzip';
  const source = zipped ? request.pipe(createGunzip()) : request;
  for (const stream of [request, source]) stream.on('error', (error) => bounded.destroy(error));
  request.once('close', () => {
    if (!request.complete) bounded.destroy(new Error('the client went away'));
  });
  return source.pipe(bounded);
};

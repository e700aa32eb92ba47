import { type Listening, listen } from '../../aws/listen.ts';

/** Serves blobs by URL, as the presigned URLs of ECR's storage do. It listens from the first URL on. */
export const createLayerServer = (read: (repository: string, digest: string) => string | undefined) => {
  let listening: Promise<Listening> | undefined;

  const start = (): Promise<Listening> =>
    listen(0, async (request, response) => {
      const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
      const body = read(searchParams.get('repository') ?? '', searchParams.get('digest') ?? '');
      if (body === undefined) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(body);
    });

  return {
    url: async (repository: string, digest: string): Promise<string> => {
      listening ??= start();
      return `${(await listening).url}/?${new URLSearchParams({ repository, digest })}`;
    },
    close: async (): Promise<void> => {
      const server = await listening;
      await server?.close();
    },
  };
};

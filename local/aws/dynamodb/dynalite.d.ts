declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Table states last so many ms; without a path everything is in memory. */
  interface Options {
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
    readonly path?: string;
  }

  function dynalite(options?: Options): Server;
  export = dynalite;
}

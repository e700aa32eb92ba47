interface Timed {
  /** From the request to the end of the body, redirects included. */
  readonly milliseconds: number;
}

/** What came back. */
export interface Reply extends Timed {
  readonly status: number;
  /** Where it sends the client; set only where that was not followed. */
  readonly location?: string | undefined;
  /** Its first 64 KB. */
  readonly body: string;
  /** The body had more. */
  readonly cut: boolean;
}

/** Nothing came back, or not all of it. */
export interface Silence extends Timed {
  readonly why: string;
  /** We did not wait any longer. */
  readonly stopped: boolean;
}

/** What came of one request. */
export type Answer = Reply | Silence;

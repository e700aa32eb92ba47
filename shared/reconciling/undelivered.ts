/** One attempt of GitHub's to deliver a webhook. Sending it again keeps the guid. */
export interface Attempt {
  readonly id: number;
  readonly guid: string;
  /** ISO 8601. */
  readonly deliveredAt: string;
  readonly redelivery: boolean;
  readonly statusCode: number;
  /** In GitHub's words: `OK`, `timed out`. */
  readonly status: string;
  readonly event: string;
}

/** Whoever sent it again so lately may still wait for its answer, or may have been faster than we. Milliseconds. */
const justNow = 60_000;

const hasArrived = ({ statusCode }: Attempt): boolean => statusCode >= 200 && statusCode < 300;

const latestOf = (attempts: readonly Attempt[]): Attempt | undefined =>
  attempts.toSorted((a, b) => Date.parse(b.deliveredAt) - Date.parse(a.deliveredAt) || b.id - a.id)[0];

/**
 * What never arrived: the latest attempt of each delivery of which none has succeeded, the oldest delivery first. What was
 * sent again within the last minute is left to whoever did that.
 */
export const undeliveredOf = (attempts: readonly Attempt[], now: number): Attempt[] => {
  const deliveries = Map.groupBy(
    attempts.filter(({ event }) => event !== 'ping'),
    ({ guid }) => guid,
  );
  return [...deliveries.values()]
    .flatMap((all) => {
      const latest = latestOf(all);
      if (latest === undefined || all.some(hasArrived)) return [];
      return latest.redelivery && now - Date.parse(latest.deliveredAt) < justNow ? [] : [latest];
    })
    .sort((a, b) => Date.parse(a.deliveredAt) - Date.parse(b.deliveredAt) || a.id - b.id);
};

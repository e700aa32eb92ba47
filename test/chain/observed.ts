import type { Fairlead } from '#local/fairlead.ts';

/** What only happens while it happens, seen from outside. */
export const observe = ({ cloud, pipelines }: Fairlead) => {
  const executions = new Map<string, Set<string>>();
  const notifiers: { readonly from: number; readonly to: number }[] = [];

  pipelines.subscribe(({ id, pipeline, asked }) => {
    const key = `${pipeline} at ${asked}`;
    executions.set(key, (executions.get(key) ?? new Set()).add(id));
  });
  cloud.onInvocation(({ function: name, durationMs }) => {
    const to = performance.now();
    if (name.endsWith('-deploy-notifier')) notifiers.push({ from: to - durationMs, to });
  });

  return {
    /** The pushes that a pipeline ran for more than once. */
    ranTwice: (): string[] =>
      [...executions].flatMap(([key, ids]) => (ids.size > 1 ? `${key} ran ${ids.size} times` : [])),
    /** How often a notifier began while another one was at work. */
    notifiersAtOnce: (): number =>
      notifiers.filter((one) => notifiers.some(({ from, to }) => from < one.from && one.from < to)).length,
  };
};

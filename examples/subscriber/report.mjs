/** Says what was deployed. `detail` is a CloudEvent whose `data` is a CDEvent: docs/events.md and events/schemas describe each. */
export const handler = async ({ 'detail-type': type, detail }) => {
  const { service, environment, data } = detail;
  const report = {
    type,
    service,
    environment,
    artifact: data.subject.content.artifactId,
    at: detail.time,
    event: detail.id,
  };
  process.stdout.write(`${JSON.stringify({ message: 'DEPLOYED', ...report })}\n`);
  return report; // events come at least once, and in any order: `event` is the same each time
};

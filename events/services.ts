import * as z from 'zod';
import { defineEvent, nameSchema } from './event.ts';
import { imageSchema } from './image.ts';
import { commitSchema } from './source-control.ts';

const environment = z.object({ id: nameSchema });

/** `applications` as `<argocd>/<name>`; `revision` is the GitOps commit that put the image there. */
const deploymentCustom = z.object({
  target: nameSchema,
  image: imageSchema,
  revision: commitSchema,
  applications: z.array(z.string().max(300)).max(100),
});

const deploymentContent = z.object({ environment, artifactId: z.string().min(1) });

export const serviceDeployed = defineEvent({
  type: 'dev.cdevents.service.deployed.0.3.0',
  says: 'The first image of a service runs, synced and healthy, in all its applications',
  subject: 'the service',
  content: deploymentContent,
  custom: deploymentCustom,
});

export const serviceUpgraded = defineEvent({
  type: 'dev.cdevents.service.upgraded.0.3.0',
  says: 'A newer image of a service runs, synced and healthy, in all its applications',
  subject: 'the service',
  content: deploymentContent,
  custom: deploymentCustom,
});

/** On the chain of the deployment that failed, not on that of the image which it restores. */
export const serviceRolledback = defineEvent({
  type: 'dev.cdevents.service.rolledback.0.3.0',
  says: 'The image before the failed one runs again, synced and healthy, in all its applications',
  subject: 'the service',
  content: deploymentContent,
  custom: deploymentCustom,
});

export const serviceRemoved = defineEvent({
  type: 'dev.cdevents.service.removed.0.3.0',
  says: 'The application that a service ran in was deleted',
  subject: 'the service',
  content: z.object({ environment }),
  custom: z.object({ application: z.string().max(300) }),
});

const incidentContent = z.object({
  environment,
  service: z.object({ id: nameSchema }),
  description: z.string().max(2000),
  artifactId: z.string().min(1).optional(),
});

/** `changedTogether`: every service whose image changed in the same revision. With several, nobody is to blame alone. */
const incidentCustom = z.object({
  application: z.string().max(300),
  revision: commitSchema.optional(),
  target: nameSchema.optional(),
  image: imageSchema.optional(),
  changedTogether: z.array(nameSchema).max(200),
});

export const incidentDetected = defineEvent({
  type: 'dev.cdevents.incident.detected.0.3.0',
  says: 'A sync failed, or what runs became unhealthy',
  subject: 'the incident while it lasts: derived from application, service and where it began',
  content: incidentContent,
  custom: incidentCustom,
});

export const incidentResolved = defineEvent({
  type: 'dev.cdevents.incident.resolved.0.3.0',
  says: 'What was unhealthy is healthy again',
  subject: 'the incident while it lasts: derived from application, service and where it began',
  content: incidentContent,
  custom: incidentCustom,
});

/** A service whose configuration is wrong is switched off alone, and its team is told. */
export const configurationRefused = defineEvent({
  type: 'dev.cdeventsx.fairlead-configuration.refused.0.1.0',
  says: "A service's configuration is wrong, so nothing is done for it",
  subject: 'the service',
  content: z.object({
    service: z.object({ id: nameSchema }),
    problems: z.array(z.object({ file: z.string(), path: z.string(), message: z.string() })).max(50),
  }),
  custom: z.object({}),
});

import { kustomization } from '../../shared/gitops/standard.ts';

/** What each service has: eight files in its base, four in each of three environments. */
export const filesPerService = 20;

const base = ['configmap', 'deployment', 'hpa', 'ingress', 'kustomization', 'pdb', 'service', 'serviceaccount'];
const environments = ['development', 'staging', 'production'];
const patches = ['config', 'replicas', 'resources'];

export const firstTag = 'main-0000000';

export const serviceName = (at: number): string => `service-${String(at).padStart(4, '0')}`;

export const manifestOf = (service: string): string => `apps/${service}/overlays/staging/kustomization.yaml`;

const resource = (service: string, kind: string): string => `apiVersion: v1
kind: ${kind}
metadata:
  name: ${service}
  labels:
    app.kubernetes.io/name: ${service}
    app.kubernetes.io/component: ${kind}
spec:
  selector:
    matchLabels:
      app.kubernetes.io/name: ${service}
  template:
    spec:
      containers:
        - name: ${service}
          ports:
            - containerPort: 8080
          resources:
            requests: { cpu: 100m, memory: 128Mi }
`;

const patch = (service: string, environment: string, of: string): string => `kind: Deployment
metadata:
  name: ${service}
  annotations:
    acme.example/environment: ${environment}
    acme.example/patch: ${of}
`;

type File = readonly [path: string, content: string];

/** A service's files, as kustomize's own documentation lays them out: a base, and an overlay for each environment. */
export const filesOf = (service: string): File[] => [
  ...base.map((kind): File => [`apps/${service}/base/${kind}.yaml`, resource(service, kind)]),
  ...environments.flatMap((environment): File[] => {
    const folder = `apps/${service}/overlays/${environment}`;
    return [
      [`${folder}/kustomization.yaml`, kustomization(service, firstTag)],
      ...patches.map((of): File => [`${folder}/${of}.yaml`, patch(service, environment, of)]),
    ];
  }),
];

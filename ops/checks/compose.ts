import { data, exists, type Findings } from './repo.ts';

interface Service {
  image: string;
  build?: { context: string; dockerfile: string };
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  ports?: string[];
  volumes?: string[];
  read_only?: boolean;
  cap_drop?: string[];
  command?: string[];
}

interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

export const composeFile = 'docker-compose.kafka.yml';

/** What the schema of compose files doesn't ask for, and this project does. */
export function composeFindings(): Findings {
  const { services, volumes } = data<Compose>(composeFile);
  const used = new Set<string>();
  const findings = Object.entries(services).flatMap(([name, service]) => {
    const wrong: Findings = [];
    const built = service.build !== undefined;
    if (!built && !/:v?\d+\.\d+(\.\d+)?$/.test(service.image)) wrong.push(`its image is not pinned: ${service.image}`);
    if (built && !exists(service.build!.dockerfile)) wrong.push(`there is no ${service.build!.dockerfile}`);
    if (built && !(service.read_only && service.cap_drop?.includes('ALL')))
      wrong.push('runs with more rights than it needs');
    // A built one has the check of its image.
    if (!built && !service.healthcheck) wrong.push('has no health check');
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      if (!services[other]) wrong.push(`waits for ${other}, which is not there`);
      if (condition !== 'service_healthy') wrong.push(`does not wait until ${other} is healthy`);
    }
    for (const port of service.ports ?? [])
      if (!port.startsWith('127.0.0.1:')) wrong.push(`publishes ${port} to others than this machine`);
    for (const volume of service.volumes ?? []) {
      const [from = ''] = volume.split(':');
      if (from.startsWith('.')) {
        if (!exists(from)) wrong.push(`mounts ${from}, which is not there`);
      } else if (from in volumes) used.add(from);
      else wrong.push(`mounts ${from}, which is not declared`);
    }
    return wrong.map((line) => `${name}: ${line}`);
  });
  return [
    ...findings,
    ...Object.keys(volumes)
      .filter((name) => !used.has(name))
      .map((name) => `volume ${name}: nobody uses it`),
  ];
}

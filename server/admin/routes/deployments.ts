import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { MillraceError } from '../../../platform/errors/error.ts';
import { followDeployment } from '../../follow-deployment.ts';
import type { AdminRoute } from '../route.ts';

const Files = Type.Array(Type.Object({ file: Type.String(), text: Type.String() }), { minItems: 1, maxItems: 500 });
const PlanBody = Type.Object({ files: Files });
const DeployBody = Type.Object({
  files: Files,
  expected: Type.Optional(Type.String()),
  note: Type.Optional(Type.String()),
});
const RollbackBody = Type.Object({ to: Type.Optional(Type.Integer({ minimum: 1 })) });

export interface DeploymentLine {
  number: number;
  /** When, and by whom, it was put into force. */
  at: number;
  by: string;
  note: string;
  topologies: { topology: string; version: number; generation: number; since: number; running: boolean }[];
}

export const deploymentRoutes: AdminRoute[] = [
  {
    method: 'GET',
    path: '/deployments',
    doc: 'The deployments that are kept, newest first, and where each topology is.',
    run: async ({ topologies: { deployments, runner } }): Promise<{ deployments: DeploymentLine[] }> => ({
      deployments: deployments.all.map(({ number, at, by, note, topologies }) => ({
        ...{ number, at, by, note },
        topologies: topologies.map(({ topology, version, generation, since }) => ({
          ...{ topology, version, generation, since },
          running: number === deployments.current?.number && runner.deploymentOf(topology) === since,
        })),
      })),
    }),
  },
  {
    method: 'POST',
    path: '/plan',
    doc: 'What a deploy of these files would do. Changes nothing.',
    run: ({ topologies }, { body }) => topologies.deployer.plan(checked(PlanBody, body).files),
  },
  {
    method: 'POST',
    path: '/deploy',
    doc: 'Puts files into force, and follows until every partition has gone over.',
    run: async function* ({ topologies }, { body, signal }) {
      const { files, expected, note } = checked(DeployBody, body);
      const options = { by: 'operator' as const, ...(expected ? { expected } : {}), ...(note ? { note } : {}) };
      const { number, plan } = await topologies.deployer.deploy(files, options);
      yield { step: 'recorded', number, plan };
      yield* followDeployment(topologies, number, signal);
    },
  },
  {
    method: 'POST',
    path: '/rollback',
    doc: 'Puts the files of an earlier deployment into force again.',
    run: async function* ({ topologies }, { body, signal }) {
      const { number, plan } = await topologies.deployer.rollback(checked(RollbackBody, body ?? {}).to);
      yield { step: 'recorded', number, plan };
      yield* followDeployment(topologies, number, signal);
    },
  },
];

function checked<Schema extends TSchema>(schema: Schema, body: unknown): Static<Schema> {
  const [error] = Value.Errors(schema, body);
  if (error) throw new MillraceError('invalid_request', `body${error.path.replaceAll('/', '.')}: ${error.message}`);
  return body as Static<Schema>;
}

import { setMaxListeners } from 'node:events';
import { type Compatibility, compatibilityOf } from '../../schemas/compatibility.ts';
import { wholeSchema } from '../../schemas/history.ts';
import { loadSchemas } from '../../schemas/load.ts';
import { type Finding, fail, look, lookDeadline_ms, ok, warn } from '../doctor.ts';
import { askRegistry, connectionOf, type RegistryAnswer, type RegistrySettings } from './registry/connection.ts';

const name = 'schema registry';

/** What a registry says about our schemas. Registers nothing. */
export async function registryChecks(settings: RegistrySettings): Promise<Finding[]> {
  const { prefix } = settings;
  const signal = AbortSignal.timeout(lookDeadline_ms);
  // Each schema's questions listen to it at once: Node would warn of a leak.
  setMaxListeners(0, signal);
  const ask = async (path: string, body?: object): Promise<RegistryAnswer> => {
    const answered = await askRegistry(connectionOf(settings), body === undefined ? 'GET' : 'POST', path, body, signal);
    if (answered.status !== 200 && answered.status !== 404)
      throw new Error(`${path} is answered by ${answered.status}`);
    return answered;
  };
  return look(name, 'Start it, or mend MILLRACE_SCHEMA_REGISTRY (user and password stand in it).', async () => {
    const types = [...loadSchemas()];
    // One by one: a registry's list of all may be cut short.
    const statuses = await Promise.all(
      types.map(([schema]) => ask(`/subjects/${encodeURIComponent(prefix + schema)}/versions`)),
    );
    const known = types.filter((_, i) => statuses[i]!.status === 200);
    const found = (
      await Promise.all(
        known.map(([schema, type]) => subject(ask, prefix + schema, wholeSchema(type), compatibilityOf(schema))),
      )
    ).flat();
    const count = `${known.length} of ${types.length} schemas are registered`;
    return found.length > 0
      ? found
      : [ok(name, known.length < types.length ? `${count}: a start adds the rest` : count)];
  });
}

async function subject(
  ask: (path: string, body?: object) => Promise<RegistryAnswer>,
  subject: string,
  schema: unknown,
  declared: Compatibility,
): Promise<Finding[]> {
  const path = encodeURIComponent(subject);
  const [level, compatible] = await Promise.all([
    ask(`/config/${path}`),
    ask(`/compatibility/subjects/${path}/versions/latest`, { schema: JSON.stringify(schema) }),
  ]);
  const found: Finding[] = [];
  const { compatibilityLevel } = level.answer as { compatibilityLevel?: string };
  if (level.status !== 200 || !compatibilityLevel?.startsWith(declared))
    found.push(
      warn(
        `${name} ${subject}`,
        `compatibility is ${compatibilityLevel ?? 'the registry’s default'}, not ${declared}, as the schema declares`,
        `The next start sets ${declared}; see that nothing else changes it.`,
      ),
    );
  if ((compatible.answer as { is_compatible?: boolean }).is_compatible === false)
    found.push(
      fail(
        `${name} ${subject}`,
        'the schema that comes with this version is not compatible with the one that is registered',
        'Run the version that registered it, or use another MILLRACE_NAMESPACE.',
      ),
    );
  return found;
}

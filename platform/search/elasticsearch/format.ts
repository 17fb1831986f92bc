import { MillraceError } from '../../errors/error.ts';
import type { Engine } from './engine.ts';
import { format } from './mapping.ts';
import type { Names } from './names.ts';
import { idsOf, type Roles } from './roles.ts';

/** Error: `unavailable` for a generation of another format than this code writes and searches. It is never made anew. */
export async function checkFormat(engine: Engine, names: Names, roles: Roles): Promise<void> {
  const found = await engine.ask((client, sending) =>
    client.indices.getMapping({ index: idsOf(roles).map((id) => names.index(id)) }, sending),
  );
  for (const [index, { mappings }] of Object.entries(found)) {
    const written: unknown = mappings._meta?.['millrace_format'];
    if (written === format) continue;
    const reason =
      typeof written === 'number' && written > format
        ? `was written by a newer version of Millrace (format ${written}, this one knows ${format})`
        : `has no format that this version knows (${format})`;
    throw new MillraceError(
      'unavailable',
      `the search index ${index} ${reason}: use another prefix, then fill a new index by \`millrace replay\``,
    );
  }
}

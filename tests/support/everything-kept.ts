import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { openRoot, openTable } from '../../platform/lmdb/open.ts';
import { readColdFile } from '../../platform/messages/cold/file.ts';
import { openObjectFolder } from '../../platform/objects/folder/objects.ts';
import { fileCodec } from '../../platform/schemas/files.ts';
import { Sqlite } from '../../platform/worker/sqlite.ts';

/** What is kept for a time that is set, and goes by itself: the log's topics, and states that follow from them. */
const passing = new Set(['log', 'state']);

/** Where in a stopped server's folder something is kept that fits a pattern: rows of the stores, archived messages. */
export async function everythingKept(folder: string, pattern: RegExp): Promise<string[]> {
  return [
    ...(await inLmdb(`${folder}/log`, pattern)),
    ...inSqlite(folder, pattern),
    ...(await inObjects(folder, pattern)),
  ];
}

async function inLmdb(folder: string, pattern: RegExp): Promise<string[]> {
  const root = openRoot(folder);
  const found: string[] = [];
  for (const name of root.getKeys()) {
    const table = String(name).replaceAll('\0', '');
    if (passing.has(table)) continue;
    for (const { key, value } of openTable(root, table).getRange())
      for (const bytes of [key, value])
        if (pattern.test(bytes.toString('latin1'))) found.push(`${table}: ${bytes.toString('latin1').slice(0, 200)}`);
  }
  await root.close();
  return found;
}

function inSqlite(folder: string, pattern: RegExp): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sqlite'));
  return files.flatMap((name) => {
    const database = new Sqlite({ file: join(folder, name), readOnly: true });
    const tables = database
      .all<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'words%'")
      .map((table) => table.name)
      .filter((table) => table !== 'occurrences');
    const rows = tables.flatMap((table) =>
      database.all(`SELECT * FROM ${table}`).map((row) => `${name} ${table}: ${JSON.stringify(row)}`),
    );
    database.close();
    return rows.filter((row) => pattern.test(row));
  });
}

async function inObjects(folder: string, pattern: RegExp): Promise<string[]> {
  const objects = await openObjectFolder(`${folder}/objects`);
  const found: string[] = [];
  for (const { name } of (await objects.list('', { limit: 1000 })).objects) {
    const [, workspace, channel] = name.split('/').map((part) => part.replace(/^id=/, ''));
    const at = { workspace_id: workspace!, channel_id: channel! };
    for (const message of (await readColdFile(name, (await objects.get(name))!, at, fileCodec())).values())
      if (pattern.test(JSON.stringify(message))) found.push(`${relative(folder, name)}: ${message.message_id}`);
  }
  await objects.close();
  return found;
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { ImportItem, ImportResult } from '../../edge/calls/import-items.ts';
import { catalogue, type ErrorCode } from '../../platform/errors/catalogue.ts';
import { MillraceError, messageOf } from '../../platform/errors/error.ts';

const tries = 8;
const deadline_ms = 30_000;

/** Posts items to a server's /v1/imports; tries again while it is away, which is safe, for each item has its identity. */
export function postImports(
  url: string,
  token: () => Promise<string>,
): (items: ImportItem[]) => Promise<ImportResult[]> {
  return async (items) => {
    for (let attempt = 1; ; attempt++) {
      try {
        const results = await once(url, await token(), items);
        const unknown = results.some((result) => result.status === 'failed' && result.code === 'unavailable');
        if (!unknown || attempt >= tries) return results;
      } catch (error) {
        if (!(error instanceof MillraceError) || error.code !== 'unavailable' || attempt >= tries) throw error;
      }
      await sleep(Math.min(10_000, 200 * 2 ** attempt) * (0.5 + Math.random() / 2));
    }
  };
}

async function once(url: string, token: string, items: ImportItem[]): Promise<ImportResult[]> {
  let response: Response;
  try {
    response = await fetch(`${url}/v1/imports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ items }),
      signal: AbortSignal.timeout(deadline_ms),
    });
  } catch (error) {
    // fetch itself says only that it failed.
    const reason = messageOf((error as Error).cause ?? error) || messageOf(error);
    throw new MillraceError('unavailable', `${url} does not answer (${reason})`, { cause: error });
  }
  const text = await response.text();
  if (response.ok) return (JSON.parse(text) as { results: ImportResult[] }).results;
  const problem = parseProblem(text);
  throw new MillraceError(problem.code, problem.detail);
}

function parseProblem(text: string): { code: ErrorCode; detail: string } {
  try {
    const { code, detail } = JSON.parse(text) as { code: string; detail: string };
    if (code in catalogue) return { code: code as ErrorCode, detail };
  } catch {
    // Not a problem document: what answered is no Millrace server, and its text is the best there is to show.
  }
  return { code: 'internal', detail: text.slice(0, 200) || 'the server answered without a body' };
}

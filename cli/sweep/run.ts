import { parseSettings } from '../../config/parse.ts';
import type { Swept } from '../../server/life/parts.ts';
import { adminCall } from '../admin-client.ts';
import type { Terminal } from '../command.ts';
import { Progress } from '../progress.ts';

/** Has the process take what is no longer kept. */
export async function runSweep({ json }: { json?: boolean }, terminal: Terminal): Promise<void> {
  const progress = new Progress(terminal, 'messages taken', undefined);
  let done: Swept = { trimmed: 0, held: 0, removed: 0, objects: 0, rewritten: 0, erased: 0, waiting: 0 };
  const taken = (): number => done.removed + done.rewritten;
  for await (const line of adminCall(parseSettings(terminal.env).data_dir, 'POST', '/sweep')) {
    done = line as Swept;
    progress.update(taken());
  }
  progress.end(taken());
  terminal.out(json ? JSON.stringify(done) : lines(done).join('\n'));
}

function lines({ trimmed, held, removed, objects, rewritten, erased, waiting }: Swept): string[] {
  return [
    `retention: ${trimmed} channels begin later now, ${removed} messages removed, ${held} channels held`,
    `erasure: ${erased} people erased, ${rewritten} messages they were taken out of, ${waiting} people not erased yet`,
    `archive: ${objects} objects made anew or removed`,
  ];
}

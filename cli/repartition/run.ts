import { parseSettings } from '../../config/parse.ts';
import { repartition } from '../../server/repartition/repartition.ts';
import type { Terminal } from '../command.ts';
import { Progress } from '../progress.ts';

/** Makes the next generation of the log, and says what to start with. Errors: those of `repartition`. */
export async function runRepartition(
  { partitions, json }: { partitions: string; json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const settings = parseSettings(terminal.env);
  const shown = new Steps(terminal);
  const report = await repartition(settings, Number(partitions), shown);
  shown.end();
  if (json) return terminal.out(JSON.stringify(report));
  const { log_generation, rows, snapshots } = report;
  terminal.out(`${rows} rows of states lie in ${snapshots} snapshots. Start every process with`);
  terminal.out(`  MILLRACE_LOG_GENERATION=${log_generation}`);
  terminal.out(`  MILLRACE_PARTITIONS=${report.partitions}`);
  terminal.out('Until one was started so, the old settings still go on where everything stood.');
}

/** One line of progress after the other: states made, rows dealt out, snapshots written. */
class Steps {
  private shown: { what: string; line: Progress; done: number } | undefined;
  private totals = { partitions: 0, snapshots: 0 };

  constructor(private readonly terminal: Terminal) {}

  planned(totals: { partitions: number; snapshots: number }): void {
    this.totals = totals;
  }

  restored(count: number): void {
    this.step('states made', this.totals.partitions, count);
  }

  dealt(count: number): void {
    this.step('rows dealt out', undefined, count);
  }

  saved(count: number): void {
    this.step('snapshots written', this.totals.snapshots, count);
  }

  end(): void {
    this.shown?.line.end(this.shown.done);
    this.shown = undefined;
  }

  private step(what: string, total: number | undefined, count: number): void {
    if (this.shown?.what !== what) {
      this.end();
      this.shown = { what, line: new Progress(this.terminal, what, total), done: 0 };
    }
    this.shown.done += count;
    this.shown.line.update(this.shown.done);
  }
}

import type { Terminal } from '../command.ts';

/** Resolves once the process has been asked to stop and has stopped; a second signal ends it at once. */
export async function untilStopped(
  running: { stop(): Promise<void> },
  says: { stopping: string; stopped: string },
  terminal: Terminal,
): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  terminal.err(says.stopping);
  await running.stop();
  terminal.err(says.stopped);
}

import { type Command, CommanderError } from 'commander';
import { hide } from '../config/secrets.ts';
import { MillraceError, messageOf } from '../platform/errors/error.ts';
import type { AddCommand, Terminal } from './command.ts';
import { hintFor } from './hints.ts';
import { buildProgram } from './program.ts';

/** Every command by its name, in the order of `--help`. Only what a command line names is loaded. */
const commands: { [name: string]: () => Promise<AddCommand> } = {
  dev: async () => (await import('./commands/dev.ts')).addDev,
  edge: async () => (await import('./commands/edge.ts')).addEdge,
  run: async () => (await import('./commands/run.ts')).addRun,
  lint: async () => (await import('./commands/lint.ts')).addLint,
  test: async () => (await import('./commands/test.ts')).addTest,
  graph: async () => (await import('./commands/graph.ts')).addGraph,
  plan: async () => (await import('./commands/plan.ts')).addPlan,
  deploy: async () => (await import('./commands/deploy.ts')).addDeploy,
  rollback: async () => (await import('./commands/rollback.ts')).addRollback,
  deployments: async () => (await import('./commands/deployments.ts')).addDeployments,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctor,
  status: async () => (await import('./commands/status.ts')).addStatus,
  top: async () => (await import('./commands/top.ts')).addTop,
  tap: async () => (await import('./commands/tap.ts')).addTap,
  dlq: async () => (await import('./commands/dlq.ts')).addDlq,
  ops: async () => (await import('./commands/ops.ts')).addOps,
  pause: async () => (await import('./commands/pause.ts')).addPause,
  resume: async () => (await import('./commands/resume.ts')).addResume,
  replay: async () => (await import('./commands/replay.ts')).addReplay,
  repartition: async () => (await import('./commands/repartition.ts')).addRepartition,
  rekey: async () => (await import('./commands/rekey.ts')).addRekey,
  token: async () => (await import('./commands/token.ts')).addToken,
  import: async () => (await import('./commands/import.ts')).addImport,
  export: async () => (await import('./commands/export.ts')).addExport,
  archive: async () => (await import('./commands/archive.ts')).addArchive,
  home: async () => (await import('./commands/home.ts')).addHome,
  sweep: async () => (await import('./commands/sweep.ts')).addSweep,
  capacity: async () => (await import('./commands/capacity.ts')).addCapacity,
  completions: async () => (await import('./commands/completions.ts')).addCompletions,
  complete: async () => (await import('./commands/complete.ts')).addComplete,
};

/** Runs a command line; the exit code. Only this prints errors. */
export async function main(args: string[], terminal: Terminal = systemTerminal()): Promise<number> {
  let code = 0;
  const json = args.includes('--json');
  const command = Object.hasOwn(commands, args[0] ?? '') ? args[0] : undefined;
  const exitWith = (wanted: number): void => {
    code = wanted;
  };
  try {
    const names = command ? [command] : 'all';
    // With --json what is wrong with the command line is told below, like all else.
    const program = await programOf(names, terminal, exitWith, json ? () => undefined : terminal.err);
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (thrown) {
    if (thrown instanceof CommanderError && (thrown.exitCode === 0 || !json)) return thrown.exitCode === 0 ? 0 : 2;
    const error = told(thrown);
    const hint = hintFor(error.code, command);
    if (json) terminal.err(JSON.stringify({ error: error.code, detail: error.detail, hint }));
    else terminal.err([`millrace: ${error.detail}`, ...(hint ? [`  ${hint}`] : [])].join('\n'));
    return error.exitCode;
  }
}

/** What the system says of a path that it was given; all else that it says is nobody's mistake. */
const ofPath = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'EROFS']);

/** Anything thrown as an error of the catalogue. Only a bug is shown with where it was. */
function told(thrown: unknown): MillraceError {
  if (thrown instanceof MillraceError) return thrown;
  if (thrown instanceof CommanderError)
    return new MillraceError('invalid_request', thrown.message.replace(/^error: /, ''));
  const { code = '', syscall } = (thrown ?? {}) as NodeJS.ErrnoException;
  if (syscall !== undefined)
    return new MillraceError(ofPath.has(code) ? 'invalid_request' : 'internal', messageOf(thrown));
  return new MillraceError('internal', (thrown instanceof Error && thrown.stack) || messageOf(thrown));
}

/** The program with some commands, or all of them. */
export async function programOf(
  names: string[] | 'all',
  terminal: Terminal,
  exitWith: (code: number) => void,
  complain: (text: string) => void = terminal.err,
): Promise<Command> {
  const wanted = names === 'all' ? Object.keys(commands) : names;
  const adds = await Promise.all(wanted.map((name) => commands[name]!()));
  return buildProgram(adds, { ...terminal, complain }, exitWith, () => programOf('all', terminal, exitWith));
}

function systemTerminal(): Terminal {
  // Whoever reads us may stop reading (`| head`): that ends us, and is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(process.exitCode ?? 0);
  });
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    // An error may quote what an engine's client said, and that a URL with its password.
    err: (text) => void process.stderr.write(`${hide(text)}\n`),
    live: process.stderr.isTTY === true && !process.env['CI'],
    screen: process.stdout.isTTY === true,
    color: process.stdout.isTTY === true && !process.env['NO_COLOR'],
    env: process.env,
  };
}

import { type AddCommand, withHelp } from '../command.ts';

export const addDoctor: AddCommand = (program, terminal, done) => {
  const command = program
    .command('doctor')
    .description(
      'Checks the settings against this machine and the live engines; says what is wrong, and how to mend it. Changes nothing.',
    )
    .option('--strict', 'end with 1 for warnings, too')
    .option('--json', 'print every finding as JSON')
    .action(async ({ strict, json }: { strict?: boolean; json?: boolean }) => {
      const [{ examineAll }, { renderFindings }] = await Promise.all([
        import('../doctor/examine.ts'),
        import('../doctor/render.ts'),
      ]);
      const findings = await examineAll(terminal.env);
      terminal.out(json ? JSON.stringify({ findings }, null, 2) : renderFindings(findings, terminal.color));
      const bad = findings.some(({ state }) => state === 'fail' || (strict && state === 'warn'));
      done(bad ? 1 : 0);
    });
  withHelp(command, {
    examples: [
      ['millrace doctor', 'the settings of this environment', 'nothing'],
      ['millrace doctor --strict --json', 'for a deployment that should wait until all is well'],
      [
        'MILLRACE_LOG=kafka MILLRACE_KAFKA_BROKERS=broker:9092 millrace doctor',
        'a Kafka, before the first start on it',
      ],
    ],
    exits: [],
    means: { 1: 'A check failed; with --strict also: there are warnings' },
  });
};

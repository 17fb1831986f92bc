import type { DeploymentLine } from '../../server/admin/routes/deployments.ts';
import { type AddCommand, callErrors, withHelp } from '../command.ts';

interface Listed {
  deployments: DeploymentLine[];
}

export const addDeployments: AddCommand = (program, terminal) => {
  const command = program
    .command('deployments')
    .description('The deployments that are kept, newest first.')
    .option('--json', 'print everything as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const [{ parseSettings }, { adminCall }] = await Promise.all([
        import('../../config/parse.ts'),
        import('../admin-client.ts'),
      ]);
      for await (const line of adminCall(parseSettings(terminal.env).data_dir, 'GET', '/deployments')) {
        const { deployments } = line as Listed;
        if (json) terminal.out(JSON.stringify(deployments, null, 2));
        else for (const [i, deployment] of deployments.entries()) terminal.out(render(deployment, i === 0));
      }
    });
  withHelp(command, {
    examples: [['millrace deployments', 'what was deployed, when and why', 'process']],
    exits: callErrors,
  });
};

function render({ number, at, by, note, topologies }: Listed['deployments'][number], newest: boolean): string {
  const changed = topologies.filter(({ since }) => since === number);
  const names = changed.map(
    ({ topology, version, running }) => `${topology} v${version}${running || !newest ? '' : ' (still taking over)'}`,
  );
  const why = note ? `  ${note}` : '';
  return `${String(number).padStart(4)}  ${new Date(at).toISOString().slice(0, 19)}Z  by ${by}${why}\n      ${names.join(', ') || 'no topology changed'}`;
}

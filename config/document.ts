import { settings } from './settings.ts';

/** docs/configuration.md, from the one table of settings. */
export function configurationPage(): string {
  const rows = Object.values(settings).map(({ env, help, schema, secret }) => {
    const { default: value, anyOf } = schema as { default?: unknown; anyOf?: { const: unknown }[] };
    const choices = anyOf ? ` One of ${anyOf.map((choice) => `\`${choice.const}\``).join(', ')}.` : '';
    return `| \`${env}\` | ${value === undefined ? '' : `\`${value}\``} | ${help}${choices}${secret ? ' Secret.' : ''} |`;
  });
  return [
    '# Configuration',
    '',
    'Settings are environment variables, read once at the start. An unknown variable that begins with MILLRACE_, or a value',
    'that does not fit, stops the start and says why (exit code 78). A secret can also be read from a file, as Docker and',
    'Kubernetes mount them: NAME_FILE names it. Secrets are in no log line and no error. Made from config/settings.ts by',
    '`npm run generate`.',
    '',
    '| variable | default | |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

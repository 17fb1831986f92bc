import { rules } from './catalogue.ts';

/** docs/lint-rules.md. */
export function lintRulesPage(): string {
  const sections = Object.entries(rules).flatMap(([name, [what, wayOut]]) => [`## ${name}`, '', what, '', wayOut, '']);
  return [
    '# Rules of lint',
    '',
    '`npx millrace lint` names the rule after each problem. Made from runtime/topology/rules/catalogue.ts by `npm run generate`.',
    '',
    ...sections,
  ].join('\n');
}

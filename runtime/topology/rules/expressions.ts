import { compile } from '../expression.ts';
import { joinsOf } from '../format/index.ts';
import { didYouMean } from '../problem.ts';
import type { Path } from '../source-file.ts';
import type { LintContext } from './context.ts';

/** Joins, and every CEL expression. */
export function lintExpressions(lint: LintContext): void {
  for (const [id, node] of lint.nodes) {
    const schemas = lint.schemasInto(id);
    const joined = Object.fromEntries(joinsOf(node).map(([name, { table }]) => [name, table]));
    const check = (path: Path, text: string, wanted: 'bool' | 'string', over = schemas): void => {
      const result = compile(text, over, joined, wanted);
      if ('error' in result) {
        const { message, start, end } = result.error;
        lint.file.reportPart('wrong-expression', path, [start, end], message);
      }
    };
    for (const [name, { table, by }] of joinsOf(node)) {
      lintJoin(lint, id, name, table);
      if (by !== undefined) check(['nodes', id, 'join', name, 'by'], by, 'string');
    }
    if ('branch' in node) {
      for (const [output, condition] of Object.entries(node.branch))
        if (condition !== 'else') check(['nodes', id, 'branch', output], condition, 'bool');
    } else if ('table' in node && node.table.gone !== undefined) {
      check(['nodes', id, 'table', 'gone'], node.table.gone, 'bool', [node.table.schema as never]);
    }
  }
}

function lintJoin(lint: LintContext, id: string, name: string, table: string): void {
  const path = ['nodes', id, 'join', name, 'table'];
  const node = lint.node(table);
  if (!node) {
    if (lint.broken.has(table)) return;
    const tables = lint.nodes.flatMap(([other, candidate]) => ('table' in candidate ? [other] : []));
    return lint.file.report('unknown-node', path, `there is no table "${table}"`, didYouMean(table, tables));
  }
  if (!('table' in node)) lint.file.report('not-a-table', path, `"${table}" is no table`);
}

import { type Document, isMap, isNode, isPair, LineCounter, type Node, parseDocument } from 'yaml';
import type { Problem } from './problem.ts';

export type Path = (string | number)[];

/** A parsed YAML file that knows where each value stands. */
export class SourceFile {
  readonly problems: Problem[] = [];
  private readonly lines = new LineCounter();
  private readonly document: Document.Parsed;

  constructor(
    readonly file: string,
    readonly text: string,
  ) {
    this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false, uniqueKeys: true });
    for (const error of this.document.errors) this.add('yaml-syntax', error.pos, error.message);
  }

  /** The file's value as plain data; undefined where the YAML is broken. */
  value(): unknown {
    return this.problems.length > 0 ? undefined : this.document.toJS();
  }

  /** Notes a problem at a value, or at the nearest thing that exists above it. */
  report(rule: string, path: Path, message: string, suggestion?: string): void {
    this.add(rule, this.rangeOf(path), message, suggestion);
  }

  /** Notes a problem at a key instead of its value. */
  reportKey(rule: string, path: Path, message: string, suggestion?: string): void {
    const parent = path.length > 1 ? this.document.getIn(path.slice(0, -1), true) : this.document.contents;
    const pair = isMap(parent)
      ? parent.items.find((item) => isPair(item) && String(item.key) === String(path.at(-1)))
      : undefined;
    const key = pair?.key;
    this.add(rule, isNode(key) && key.range ? [key.range[0], key.range[1]] : this.rangeOf(path), message, suggestion);
  }

  private rangeOf(path: Path): [number, number] {
    for (let length = path.length; length >= 0; length--) {
      const node =
        length === 0 ? this.document.contents : (this.document.getIn(path.slice(0, length), true) as Node | undefined);
      if (isNode(node) && node.range) return [node.range[0], node.range[1]];
    }
    return [0, 1];
  }

  private add(rule: string, [from, to]: [number, number], message: string, suggestion?: string): void {
    const start = this.lines.linePos(from);
    const end = this.lines.linePos(Math.max(from, to));
    const end_column = end.line === start.line ? Math.max(end.col, start.col + 1) : start.col + 1;
    const problem: Problem = {
      rule,
      severity: 'error',
      file: this.file,
      line: start.line,
      column: start.col,
      end_column,
      message,
    };
    this.problems.push(suggestion === undefined ? problem : { ...problem, suggestion });
  }
}

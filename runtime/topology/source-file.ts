import { type Document, isMap, isNode, isPair, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { messageOf } from '../../platform/errors/error.ts';
import type { Problem } from './problem.ts';
import type { RuleName } from './rules/catalogue.ts';

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
    this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false, uniqueKeys: false });
    // The first one alone: the others mostly follow from it.
    const [error] = this.document.errors;
    if (error?.code === 'MULTIPLE_DOCS')
      this.add('yaml-syntax', error.pos, 'a file holds one document: end it before ---');
    else if (error) this.add('yaml-syntax', error.pos, error.message);
    else this.refuseDuplicates();
  }

  /** The file's value as plain data; undefined, and a problem noted, where the YAML is broken. */
  value(): unknown {
    if (this.problems.length > 0) return undefined;
    try {
      return this.document.toJS();
    } catch (error) {
      // Aliases of aliases, which would become gigabytes, or one of an anchor that it is in.
      this.add('yaml-syntax', this.rangeOf([]), messageOf(error));
      return undefined;
    }
  }

  /** Notes a problem at a value, or at the nearest thing that exists above it. */
  report(rule: RuleName, path: Path, message: string, suggestion?: string): void {
    this.add(rule, this.rangeOf(path), message, suggestion);
  }

  /** Notes a problem at a key instead of its value. */
  reportKey(rule: RuleName, path: Path, message: string, suggestion?: string): void {
    const parent = path.length > 1 ? this.document.getIn(path.slice(0, -1), true) : this.document.contents;
    const pair = isMap(parent)
      ? parent.items.find((item) => isPair(item) && String(item.key) === String(path.at(-1)))
      : undefined;
    const key = pair?.key;
    this.add(rule, isNode(key) && key.range ? [key.range[0], key.range[1]] : this.rangeOf(path), message, suggestion);
  }

  /** Notes a problem at a part of a text value, counted from 0. */
  reportPart(rule: RuleName, path: Path, [from, to]: [number, number], message: string): void {
    const node = this.document.getIn(path, true);
    if (!isScalar(node) || !node.range) return this.report(rule, path, message);
    const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE' ? 1 : 0;
    const start = node.range[0] + quoted;
    // A text that was escaped or folded does not lie in the file as it reads: then the whole of it is marked.
    const plain = this.text.slice(start, start + String(node.value).length) === node.value;
    this.add(rule, plain ? [start + from, start + to] : [node.range[0], node.range[1]], message);
  }

  /** The line on which a value, or the nearest thing that exists above it, stands. */
  lineOf(path: Path): number {
    return this.lines.linePos(this.rangeOf(path)[0]).line;
  }

  private rangeOf(path: Path): [number, number] {
    for (let length = path.length; length >= 0; length--) {
      const node =
        length === 0 ? this.document.contents : (this.document.getIn(path.slice(0, length), true) as Node | undefined);
      if (isNode(node) && node.range) return [node.range[0], node.range[1]];
    }
    return [0, 1];
  }

  /** The parser's own check compares each key of a map with all before it: a file of 20,000 nodes takes it seconds. */
  private refuseDuplicates(): void {
    visit(this.document, {
      Map: (_, { items }) => {
        const known = new Set<unknown>();
        for (const { key } of items) {
          if (!isScalar(key)) continue;
          if (known.has(key.value)) {
            const [at] = key.range ?? [0];
            this.add('yaml-syntax', [at, at + 1], 'Map keys must be unique');
            return visit.BREAK;
          }
          known.add(key.value);
        }
        return undefined;
      },
    });
  }

  private add(rule: RuleName, [from, to]: [number, number], message: string, suggestion?: string): void {
    const start = this.lines.linePos(from);
    const end = this.lines.linePos(Math.max(from, to));
    const problem: Problem = {
      rule,
      severity: 'error',
      file: this.file,
      line: start.line,
      column: start.col,
      end_line: end.line,
      end_column: end.line === start.line ? Math.max(end.col, start.col + 1) : end.col,
      message,
    };
    this.problems.push(suggestion === undefined ? problem : { ...problem, suggestion });
  }
}

import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';

/** Held back before it is appended to files, in UTF-16 code units. */
const mostHeld = 4 * 2 ** 20;

/** Lines of JSON in files beside the zip that is being made, because threads do not come in the order of days. */
export class Spool {
  private held = new Map<string, string[]>();
  private heldUnits = 0;
  private readonly names = new Set<string>();

  private constructor(private readonly folder: string) {}

  /** In a folder of its own, which `remove` takes away. */
  static async open(folder: string): Promise<Spool> {
    await mkdir(folder, { mode: 0o700, recursive: true });
    return new Spool(folder);
  }

  /** `name`: a plain file name. */
  async append(name: string, value: unknown): Promise<void> {
    const line = `${JSON.stringify(value)}\n`;
    const lines = this.held.get(name);
    if (lines) lines.push(line);
    else this.held.set(name, [line]);
    this.names.add(name);
    this.heldUnits += line.length;
    if (this.heldUnits >= mostHeld) await this.flush();
  }

  /** The names that begin with `prefix`, in order. */
  named(prefix: string): string[] {
    return [...this.names].filter((name) => name.startsWith(prefix)).sort();
  }

  /** All of a file's values, which are forgotten with it. */
  async take<Value>(name: string): Promise<Value[]> {
    await this.flush();
    if (!this.names.delete(name)) return [];
    const text = await readFile(`${this.folder}/${name}`, 'utf8');
    await rm(`${this.folder}/${name}`);
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Value);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  private async flush(): Promise<void> {
    const { held } = this;
    this.held = new Map();
    this.heldUnits = 0;
    for (const [name, lines] of held) await appendFile(`${this.folder}/${name}`, lines.join(''), { mode: 0o600 });
  }
}

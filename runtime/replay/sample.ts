/**
 * An even sample of whatever passes, in bounded memory: at its bound every second one is left out again, and from then on
 * half as many are taken.
 */
export class Sample<Item> {
  readonly items: Item[] = [];
  private passed = 0;

  constructor(
    /** One of so many is taken at first. */
    private every: number,
    private readonly most: number,
  ) {}

  pass(item: Item): void {
    if (this.passed++ % this.every !== 0) return;
    if (this.items.length >= this.most) {
      const kept = this.items.filter((_, at) => at % 2 === 0);
      this.items.splice(0, this.items.length, ...kept);
      this.every *= 2;
      // What stands at the bound is one of the next half only every second time.
      if ((this.passed - 1) % this.every !== 0) return;
    }
    this.items.push(item);
  }
}

import type { Api } from './api.ts';
import { ApiError } from './api.ts';
import { Toasts } from './toasts.ts';

/** What every part of the page needs: the API, notes for the reader, and a look at everything soon. */
export class Ops {
  readonly toasts = new Toasts();

  constructor(
    readonly api: Api,
    /** Asks the process again now. */
    readonly refresh: () => void,
  ) {}

  /** Does what an operator asked for; says what became of it, and looks again. True: it was done. */
  async does(what: string, work: () => Promise<string>): Promise<boolean> {
    try {
      this.toasts.show(await work());
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.toasts.show(`${what}: ${error.detail}`, 'error');
      return false;
    } finally {
      this.refresh();
    }
  }
}

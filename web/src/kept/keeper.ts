import { deleteDB } from 'idb';
import type { Identity } from '../session-token.ts';
import type { KeptHistory } from './kept-history.ts';
import { type KeptOp, type KeptOverview, KeptStore } from './kept-store.ts';

/** Writing waits this long, ms, for more of it. */
const SETTLE_MS = 1_000;
/** Changes that wait at most. What is beyond them is left out: the gap makes the channel's keeping begin anew. */
const MAX_WAITING = 2_000;
/** People whose data are kept on this device at most: those of the one who was here longest ago go. */
const MAX_PERSONS = 5;
/** Opening may take this long, ms. */
const OPEN_MS = 2_000;
const PERSONS_KEY = 'millrace.kept';

/**
 * What one person's page keeps on this device, to be read without a network. Where the browser refuses to keep it (no
 * room, no permission), the page goes on without.
 */
export class Keeper {
  readonly #name: string;
  #store: KeptStore | undefined;
  /** Called for a person of whom something was kept, when an event tells that they were erased. */
  onErased: (userId: string) => void = () => undefined;
  #waiting: KeptOp[] = [];
  #due: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();

  private constructor(name: string, store: KeptStore | undefined) {
    this.#name = name;
    this.#store = store;
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) void this.flush();
    });
  }

  static async open({ workspace_id, user_id }: Identity): Promise<Keeper> {
    const name = `millrace ${JSON.stringify([workspace_id, user_id])}`;
    try {
      const store = await Promise.race([KeptStore.open(name), inVain()]);
      await makeRoom(name);
      return new Keeper(name, store);
    } catch (error) {
      return new Keeper(name, refused(error));
    }
  }

  /** Undefined where nothing is kept. */
  async overview(): Promise<KeptOverview | undefined> {
    const found = await this.#read((store) => store.overview());
    return found && found.channels.length > 0 ? found : undefined;
  }

  async history(channelId: string): Promise<KeptHistory | undefined> {
    await this.flush();
    return this.#read((store) => store.history(channelId));
  }

  async eachTail(visit: Parameters<KeptStore['eachTail']>[0]): Promise<void> {
    await this.flush();
    await this.#read((store) => store.eachTail(visit));
  }

  add(op: KeptOp): void {
    if (!this.#store || this.#waiting.length >= MAX_WAITING) return;
    this.#waiting.push(op);
    this.#due ??= setTimeout(() => void this.flush(), SETTLE_MS);
  }

  /** Resolves once all that was added is written. */
  flush(): Promise<void> {
    clearTimeout(this.#due);
    this.#due = undefined;
    const ops = this.#waiting;
    this.#waiting = [];
    if (ops.length > 0) {
      this.#writing = this.#writing.then(async () => {
        for (const userId of (await this.#read((store) => store.apply(ops))) ?? []) this.onErased(userId);
      });
    }
    return this.#writing;
  }

  /** Deletes everything, and keeps nothing from now on. */
  async wipe(): Promise<void> {
    const store = this.#store;
    this.#store = undefined;
    this.#waiting = [];
    await this.#writing;
    writePersons(readPersons().filter((name) => name !== this.#name));
    try {
      await store?.wipe();
    } catch (error) {
      refused(error);
    }
  }

  async #read<T>(act: (store: KeptStore) => Promise<T>): Promise<T | undefined> {
    if (!this.#store) return undefined;
    try {
      return await act(this.#store);
    } catch (error) {
      this.#store = refused(error);
      return undefined;
    }
  }
}

/** A database that does not open must not keep the page from opening. */
async function inVain(): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, OPEN_MS));
  throw new DOMException('the database does not open', 'TimeoutError');
}

/** The browser's refusals are told; anything else is a bug of this page. */
function refused(error: unknown): undefined {
  if (!(error instanceof DOMException)) throw error;
  console.warn('nothing is kept on this device:', error.message);
}

async function makeRoom(name: string): Promise<void> {
  const persons = [...readPersons().filter((other) => other !== name), name];
  const gone = persons.splice(0, Math.max(0, persons.length - MAX_PERSONS));
  writePersons(persons);
  for (const other of gone) await deleteDB(other);
}

function readPersons(): string[] {
  return JSON.parse(localStorage.getItem(PERSONS_KEY) ?? '[]') as string[];
}

function writePersons(names: readonly string[]): void {
  localStorage.setItem(PERSONS_KEY, JSON.stringify(names));
}

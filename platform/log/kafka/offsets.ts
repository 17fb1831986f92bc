import { setTimeout as sleep } from 'node:timers/promises';
import type Cluster from 'kafkajs/src/cluster/index.js';
import { inTime } from '../../deadline.ts';
import { deadline_ms, isUnanswered, unavailable } from './connection.ts';
import type { Patience } from './patience.ts';
import { keyOf } from './place.ts';

/** Between two tries to learn an offset. */
const again_ms = 100;

/** The first offset kept, the one after the last, or the first one appended at a time (ms since 1970) or later. */
export type At = 'start' | 'end' | number;

/** Kafka's answer where nothing was appended at that time or later. */
const none = -1;

interface Question {
  topic: string;
  partition: number;
  resolve(offset: number): void;
  reject(error: unknown): void;
}

/**
 * Looks offsets up (Kafka's ListOffsets). What is asked within one turn of the event loop is one request to each broker: a
 * status asks for every partition, and a broker answers what comes over a connection one after the other.
 */
export class Offsets {
  private readonly asked = new Map<At, Question[]>();

  constructor(
    private readonly cluster: Pick<Cluster, 'fetchTopicsOffset' | 'findLeaderForPartitions' | 'refreshMetadata'>,
    private readonly patience: Patience,
  ) {}

  /** Of a topic's whole name; the end where a time finds nothing. Error: `unavailable`, where no leader tells in time. */
  async find(topic: string, partition: number, at: At): Promise<number> {
    const found = await this.ask(topic, partition, at);
    return found === none ? this.ask(topic, partition, 'end') : found;
  }

  private ask(topic: string, partition: number, at: At): Promise<number> {
    return new Promise((resolve, reject) => {
      const question: Question = { topic, partition, resolve, reject };
      const others = this.asked.get(at);
      if (others) return others.push(question);
      this.asked.set(at, [question]);
      setImmediate(() => {
        const questions = this.asked.get(at)!;
        this.asked.delete(at);
        void this.answer(questions, at);
      });
    });
  }

  private async answer(questions: Question[], at: At): Promise<void> {
    const until = Math.max(Date.now() + deadline_ms, this.patience.until);
    let requests = this.byLeader(questions);
    for (;;) {
      const failed = (await Promise.all(requests.map((request) => this.tryToAnswer(request, at)))).flat();
      if (failed.length === 0) return;
      if (Date.now() >= until) {
        for (const { question, error } of failed) question.reject(unavailable('did not tell offsets', error));
        return;
      }
      const unanswered = failed.filter(({ error }) => isUnanswered(error));
      if (unanswered.length > 0) this.patience.waits(unanswered[0]!.error);
      // Partitions may have moved, or have no leader yet: again, with what the cluster says then.
      await sleep(again_ms);
      // Where that fails too, the question does, and says why.
      await inTime(this.cluster.refreshMetadata(), deadline_ms).catch(() => undefined);
      requests = [
        ...this.byLeader(unanswered.map(({ question }) => question)),
        // One partition that its broker does not lead fails the request that names it: from then on each has its own.
        ...failed.flatMap((one) => (unanswered.includes(one) ? [] : [[one.question]])),
      ];
    }
  }

  /** A request for each leader: one that is away keeps nobody from what others tell. Whose leader is not known is asked for alone. */
  private byLeader(questions: Question[]): Question[][] {
    const requests = new Map<string, Question[]>();
    for (const question of questions) {
      const leader = this.leaderOf(question) ?? keyOf(question.topic, question.partition);
      const others = requests.get(leader);
      if (others) others.push(question);
      else requests.set(leader, [question]);
    }
    return [...requests.values()];
  }

  private leaderOf({ topic, partition }: Question): string | undefined {
    try {
      return Object.keys(this.cluster.findLeaderForPartitions(topic, [partition]))[0];
    } catch {
      // So kafkajs tells that it knows none: asking says the same, with its reason.
      return undefined;
    }
  }

  /** Resolves with the questions that were not answered, and why. */
  private async tryToAnswer(questions: Question[], at: At): Promise<{ question: Question; error: unknown }[]> {
    try {
      const found = await inTime(this.request(questions, at), deadline_ms);
      return questions.flatMap((question) => {
        const offset = found.get(keyOf(question.topic, question.partition));
        // kafkajs leaves out what its metadata does not name.
        if (offset === undefined) return [{ question, error: new Error('the partition is not known yet') }];
        question.resolve(offset);
        return [];
      });
    } catch (error) {
      return questions.map((question) => ({ question, error }));
    }
  }

  private async request(questions: Question[], at: At): Promise<Map<string, number>> {
    const named = new Map<string, Set<number>>();
    for (const { topic, partition } of questions) named.set(topic, (named.get(topic) ?? new Set()).add(partition));
    const of = typeof at === 'number' ? { fromTimestamp: at } : { fromBeginning: at === 'start' };
    const answers = await this.cluster.fetchTopicsOffset(
      [...named].map(([topic, numbers]) => ({
        topic,
        partitions: [...numbers].map((partition) => ({ partition })),
        ...of,
      })),
    );
    return new Map(
      answers.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }) => [keyOf(topic, partition), Number(offset)] as const),
      ),
    );
  }
}

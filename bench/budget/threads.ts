import { readdirSync, readFileSync } from 'node:fs';

/** CPU of each thread of a process so far, in microseconds, to 10 ms (proc(5)). */
export function threadTimes(pid: number): Map<number, { name: string; us: number }> {
  const threads = new Map<number, { name: string; us: number }>();
  for (const id of readdirSync(`/proc/${pid}/task`)) {
    const stat = readFileSync(`/proc/${pid}/task/${id}/stat`, 'utf8');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    threads.set(Number(id), { name, us: (Number(fields[11]) + Number(fields[12])) * 10_000 });
  }
  return threads;
}

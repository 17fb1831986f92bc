import pc from 'picocolors';
import type { Finding } from '../../platform/doctor.ts';

/** A line for each finding, what to do below it, and how many of each kind there are. */
export function renderFindings(findings: Finding[], color: boolean): string {
  const paint = pc.createColors(color);
  const paints = { ok: paint.green, warn: paint.yellow, fail: paint.red };
  const width = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.flatMap(({ name, state, detail, mend }) => [
    `${paints[state](state.padEnd(4))}  ${name.padEnd(width)}  ${detail}`,
    ...(mend === undefined ? [] : [paint.dim(`${' '.repeat(6 + width + 2)}${mend}`)]),
  ]);
  const counts = (['ok', 'warn', 'fail'] as const).map(
    (state) => `${findings.filter((finding) => finding.state === state).length} ${state}`,
  );
  return [...lines, '', counts.join(', ')].join('\n');
}

/**
 * The work's result, or the error of `late` where it is not done in time: made only then, for its stack costs more than most work. The
 * work itself goes on: what comes of it later is nobody's, not even its error.
 */
export async function withDeadline<Result>(
  work: Promise<Result>,
  milliseconds: number,
  late: () => Error,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), milliseconds);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
    // Else an error after the deadline would be unhandled, and end the process.
    work.catch(() => undefined);
  }
}

/** `withDeadline` for calls to an engine, whose answer is then an error that says how long was waited. */
export function inTime<Result>(work: Promise<Result>, milliseconds: number): Promise<Result> {
  return withDeadline(work, milliseconds, () => new Error(`no answer in ${milliseconds / 1000} s`));
}

/** What the admin API refused, or that it can't be reached. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
  }
}

/** How long a call may take; streams may take as long as they like. */
const deadline_ms = 15_000;

/** The admin API of the process that serves this page. */
export class Api {
  constructor(private readonly token: string) {}

  get<Answer>(path: string): Promise<Answer> {
    return this.call<Answer>('GET', path);
  }

  post<Answer>(path: string, body: unknown): Promise<Answer> {
    return this.call<Answer>('POST', path, body);
  }

  /** Lines as they come, until the signal aborts. */
  async *lines<Line>(path: string, signal: AbortSignal): AsyncGenerator<Line> {
    const response = await this.send('GET', path, undefined, signal);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const lines = (rest + value).split('\n');
      rest = lines.pop()!;
      for (const line of lines) if (line) yield checked(JSON.parse(line)) as Line;
    }
  }

  private async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await this.send(method, path, body, AbortSignal.timeout(deadline_ms));
    // An answer of many lines ends with the one that counts.
    const lines = (await response.text()).trim().split('\n');
    return checked(JSON.parse(lines.at(-1) || '{}')) as Answer;
  }

  private async send(method: string, path: string, body: unknown, signal: AbortSignal): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(path, {
        method,
        signal,
        headers: { authorization: `Bearer ${this.token}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch {
      throw new ApiError('unreachable', 'The process does not answer.');
    }
    if (!response.ok) checked(await response.json().catch(() => ({ error: 'internal', detail: response.statusText })));
    return response;
  }
}

function checked(line: unknown): unknown {
  const { error, detail } = line as { error?: string; detail?: string };
  if (error) throw new ApiError(error, detail ?? error);
  return line;
}

export interface FakeCall {
  readonly user: string;
  readonly method: string;
  readonly url: URL;
  readonly body: Record<string, unknown>;
  /** Tells the person's sockets. */
  readonly tell: (frame: object) => void;
}

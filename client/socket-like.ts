/** What this package needs of a WebSocket: the browser's own and that of `ws` both fit. */
export interface SocketLike {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
}

export type SocketConstructor = new (url: string, protocols: string[]) => SocketLike;

/** Why a connection ended. `code` is the close code; 1006 when there was none. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

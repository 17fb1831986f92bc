/** Bytes of a reason in a close frame (RFC 6455): with more of them `ws` throws, and uWebSockets.js breaks the frame. */
const mostBytes = 123;

/** As much of a text as a close frame takes, in whole characters. */
export function closeReason(text: string): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(mostBytes));
  return text.slice(0, read);
}

/** The operators' page with its token in the fragment, which no server and no log of one ever sees. */
export function opsLink({ url, token }: { url: string; token: string }): string {
  return `${url}/ops#token=${token}`;
}

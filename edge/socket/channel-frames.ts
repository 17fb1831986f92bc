/**
 * Frames that list a person's channels. They are put together of texts that the channels' feeds keep (wire/head-texts.ts), for when
 * thousands come back at once each would have hundreds of channels written anew; what that saves stands in bench/README.md.
 */
export function helloFrame(fields: { [field: string]: string | number }, listed: readonly string[]): string {
  return `${JSON.stringify({ type: 'hello', ...fields }).slice(0, -1)},"channels":[${listed.join(',')}]}`;
}

export function resumedFrame(id: string | undefined, entries: readonly string[]): string {
  return `${JSON.stringify({ type: 'resumed', id }).slice(0, -1)},"channels":{${entries.join(',')}}}`;
}

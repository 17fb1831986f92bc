/**
 * Frames that list a person's channels. They are put together of texts that the channels' feeds keep (wire/head-texts.ts): when thousands
 * come back at once, to write hundreds of channels for each anew would be most of the work.
 */
export function helloFrame(fields: { [field: string]: string | number }, listed: readonly string[]): string {
  return `${JSON.stringify({ type: 'hello', ...fields }).slice(0, -1)},"channels":[${listed.join(',')}]}`;
}

export function resumedFrame(id: string | undefined, entries: readonly string[]): string {
  return `${JSON.stringify({ type: 'resumed', id }).slice(0, -1)},"channels":{${entries.join(',')}}}`;
}

import type { Resumed } from './resume.ts';

/** The `resumed` frame. Written by hand: an object of hundreds of channels that is made for JSON.stringify alone costs more than the rest of it. */
export function resumedFrame(id: string | undefined, channels: ReadonlyMap<string, Resumed>): string {
  let all = '';
  for (const [channel, resumed] of channels) all += `${all && ','}${JSON.stringify(channel)}:${textOf(resumed)}`;
  return `{"type":"resumed",${id === undefined ? '' : `"id":${JSON.stringify(id)},`}"channels":{${all}}}`;
}

function textOf(resumed: Resumed): string {
  if (resumed.status === 'gone') return '{"status":"gone"}';
  const { rev, seq } = resumed.head;
  return `{"status":"${resumed.status}","head":{"rev":${rev},"seq":${seq}}}`;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const dayWithYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' });
const shortDay = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const shortDayWithYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

/** As `14:05`, in the reader's own zone and manner. */
export function timeOfDay(timestamp: string): string {
  return clock.format(new Date(timestamp));
}

/** As `2:05`, without AM or PM: for the narrow column beside a message whose neighbours say the rest. */
export function bareTime(timestamp: string): string {
  const parts = clock.formatToParts(new Date(timestamp)).filter(({ type }) => type !== 'dayPeriod');
  return parts
    .map(({ value }) => value)
    .join('')
    .trim();
}

/** With day and seconds, for titles. */
export function fullTime(timestamp: string): string {
  return full.format(new Date(timestamp));
}

/** The same for two times on one local day. */
export function dayKey(timestamp: string): string {
  return new Date(timestamp).toDateString();
}

/** `Today`, `Yesterday`, or the date. */
export function dayName(timestamp: string, now = new Date()): string {
  const date = new Date(timestamp);
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (date.toDateString() === now.toDateString()) return 'Today';
  if (date.toDateString() === yesterday.toDateString()) return 'Yesterday';
  return (date.getFullYear() === now.getFullYear() ? day : dayWithYear).format(date);
}

/** Short, for search results: the time of a message of today, else the day. */
export function shortTime(timestamp: string, now = new Date()): string {
  const date = new Date(timestamp);
  if (date.toDateString() === now.toDateString()) return timeOfDay(timestamp);
  return (date.getFullYear() === now.getFullYear() ? shortDay : shortDayWithYear).format(date);
}

/** When something soon ends: `15:30`, `tomorrow 09:00`, or the day with its time. */
export function endName(end: Date, now = new Date()): string {
  const time = clock.format(end);
  const tomorrow = new Date(now);
  tomorrow.setDate(now.getDate() + 1);
  if (end.toDateString() === now.toDateString()) return time;
  if (end.toDateString() === tomorrow.toDateString()) return `tomorrow ${time}`;
  return `${shortDay.format(end)} ${time}`;
}

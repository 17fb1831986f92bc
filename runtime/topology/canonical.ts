/**
 * What a file says, without how it says it: order of fields, spacing, comments and descriptions are no part of it. Cases of
 * a branch are asked in their order, so they keep it.
 */
export function canonical(value: unknown): string {
  return JSON.stringify(sorted(value, ''), null, 1);
}

function sorted(value: unknown, field: string): unknown {
  if (Array.isArray(value)) return value.map((item) => sorted(item, ''));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name, item]) => !(name === 'description' && typeof item === 'string'));
  if (field === 'branch') return entries;
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, item]) => [name, sorted(item, name)]));
}

import { type MessageVersion, versionsKept } from '../port.ts';

/** Earlier texts of one message, the oldest first, in one row, so that a deletion also takes those of its own commit. */
export interface StoredVersions {
  versions: MessageVersion[];
  /** The rev of the message's deletion; 0: it is there. */
  gone_rev: number;
}

export function versionsOf(row: Buffer | undefined): StoredVersions {
  return row ? (JSON.parse(row.toString()) as StoredVersions) : { versions: [], gone_rev: 0 };
}

/** The row with one more; undefined where that changes nothing. The oldest goes at the bound. */
export function withVersion(row: Buffer | undefined, version: MessageVersion): Buffer | undefined {
  const { versions, gone_rev } = versionsOf(row);
  if (gone_rev > version.rev || versions.some(({ rev }) => rev === version.rev)) return undefined;
  const all = [...versions, version].sort((a, b) => a.rev - b.rev);
  return Buffer.from(JSON.stringify({ versions: all.slice(-versionsKept), gone_rev } satisfies StoredVersions));
}

export function withoutVersions(row: Buffer | undefined, rev: number): Buffer {
  const { versions, gone_rev } = versionsOf(row);
  const left = versions.filter((version) => version.rev > rev);
  return Buffer.from(JSON.stringify({ versions: left, gone_rev: Math.max(gone_rev, rev) } satisfies StoredVersions));
}

import type { ReadMarker } from '../../schemas/generated/types.ts';

/** The one rule by which markers merge (schemas/ReadMarker.avsc): commutative, associative, idempotent. */
export function mergeMarkers(a: ReadMarker, b: ReadMarker): ReadMarker {
  if (a.epoch !== b.epoch) return a.epoch > b.epoch ? a : b;
  return {
    epoch: a.epoch,
    last_read_seq: Math.max(a.last_read_seq, b.last_read_seq),
    last_read_rev: Math.max(a.last_read_rev, b.last_read_rev),
    since_rev: Math.max(a.since_rev, b.since_rev),
  };
}

export const unreadMarker: ReadMarker = { epoch: 0, last_read_seq: 0, last_read_rev: 0, since_rev: 0 };

/** A point up to which a channel is read by what happened in it: one's own sending or joining, an import for everyone. */
export interface ReadFloor {
  seq: number;
  rev: number;
}

/** Where one stands: the marker, lifted by what happened behind the last mark-as-unread. */
export function markerInForce(marker: ReadMarker, floors: (ReadFloor | undefined)[]): ReadMarker {
  let inForce = marker;
  for (const floor of floors) {
    if (!floor || floor.rev <= marker.since_rev) continue;
    inForce = mergeMarkers(inForce, { ...marker, last_read_seq: floor.seq, last_read_rev: floor.rev });
  }
  return inForce;
}

/** Row of the runtime's own: the next offset of the folded topic, and the highest origin folded, plus one. */
export interface FoldPosition {
  next: number;
  origin: number;
}

import type { PlanNode, TopologyPlan } from '../topology/plan.ts';

export interface DrawnNode {
  id: string;
  kind: 'topic' | 'processor' | 'store';
  label: string;
  /** Empty for topics and stores, which topologies share. */
  topology: string;
}

/** Where the records of a line are counted: what a node takes, or what it gives. */
export interface Measure {
  topology: string;
  node: string;
  side: 'taken' | 'gave';
}

export interface DrawnEdge {
  from: string;
  to: string;
  label: string;
  /** All of them together are the line's records; null: some of them are not counted by themselves. */
  measures: Measure[] | null;
  /** Records a second, where they were measured. */
  rate?: number;
}

export interface Drawing {
  nodes: DrawnNode[];
  edges: DrawnEdge[];
}

const sinkLabels = { store: 'message store', search: 'search index', push: 'phones' } as const;

/** Topics and stores as shared places, processors within their topologies, and the ways between them. */
export function drawingOf(plans: TopologyPlan[]): Drawing {
  const nodes = new Map<string, DrawnNode>();
  const edges: DrawnEdge[] = [];
  const shared = (kind: 'topic' | 'store', name: string): string => {
    const id = `${kind}:${name}`;
    if (!nodes.has(id)) nodes.set(id, { id, kind, label: name, topology: '' });
    return id;
  };
  for (const plan of plans) {
    /** Where a node's records come from, seen from outside: a source stands for its topic. */
    const places = new Map<string, string>();
    for (const node of plan.nodes) {
      if (node.kind === 'source' || node.kind === 'table') {
        places.set(node.id, shared('topic', node.topic));
        continue;
      }
      const place =
        node.kind === 'processor'
          ? `${plan.name}/${node.id}`
          : node.target.kind === 'topic'
            ? shared('topic', node.target.topic)
            : shared('store', sinkLabels[node.target.kind]);
      if (node.kind === 'processor')
        nodes.set(place, { id: place, kind: 'processor', label: node.id, topology: plan.name });
      places.set(node.id, place);
      for (const edge of node.from) {
        const measure = measureOf(plan.name, node, edge);
        edges.push({
          from: places.get(edge.node)!,
          to: place,
          label: edge.output ?? '',
          measures: measure ? [measure] : null,
        });
      }
      if (node.kind === 'processor')
        for (const { name, table } of node.joins)
          edges.push({ from: places.get(table)!, to: place, label: `join ${name}`, measures: null });
    }
  }
  return { nodes: [...nodes.values()], edges: merged(edges) };
}

/** A node with one input takes just what comes by it; else all that the other end gives, unless it has several outputs. */
function measureOf(
  topology: string,
  node: Exclude<PlanNode, { kind: 'source' | 'table' }>,
  edge: { node: string; output: string | undefined },
): Measure | undefined {
  if (node.from.length === 1) return { topology, node: node.id, side: 'taken' };
  return edge.output === undefined ? { topology, node: edge.node, side: 'gave' } : undefined;
}

/** The drawing with the rates of its lines, from what each node took and gave a second. */
export function withRates(drawing: Drawing, rateOf: (measure: Measure) => number | undefined): Drawing {
  const edges = drawing.edges.map((edge) => {
    const rates = edge.measures?.map(rateOf) ?? [undefined];
    const rate = rates.reduce((sum, one) => (sum === undefined || one === undefined ? undefined : sum + one), 0);
    return rate === undefined ? edge : { ...edge, rate };
  });
  return { ...drawing, edges };
}

/** What is written on a line: names of outputs, and the rate where it is known. */
export function edgeText(edge: DrawnEdge): string {
  return [edge.label, rateText(edge)].filter(Boolean).join(' · ');
}

/** The names of outputs where there is little room: the first, and how many more. */
export function shortLabel({ label }: DrawnEdge): string {
  const [first, ...more] = label.split(', ');
  return label.length <= 13 || more.length === 0 ? label : `${first} +${more.length}`;
}

export function rateText({ rate }: DrawnEdge): string {
  return rate === undefined ? '' : `${rate.toLocaleString('en', { maximumFractionDigits: rate < 10 ? 1 : 0 })}/s`;
}

/** Several ways between the same two places are one line with several names. */
function merged(edges: DrawnEdge[]): DrawnEdge[] {
  const byEnds = new Map<string, DrawnEdge>();
  for (const edge of edges) {
    const key = `${edge.from}\0${edge.to}`;
    const known = byEnds.get(key);
    if (!known) byEnds.set(key, { ...edge });
    else {
      known.label = [known.label, edge.label].filter(Boolean).join(', ');
      known.measures = known.measures && edge.measures && [...known.measures, ...edge.measures];
    }
  }
  return [...byEnds.values()];
}

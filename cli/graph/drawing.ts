import type { TopologyPlan } from '../../runtime/topology/plan.ts';

export interface DrawnNode {
  id: string;
  kind: 'topic' | 'processor' | 'store';
  label: string;
  /** Empty for topics and stores, which topologies share. */
  topology: string;
}

export interface DrawnEdge {
  from: string;
  to: string;
  label: string;
}

export interface Drawing {
  nodes: DrawnNode[];
  edges: DrawnEdge[];
}

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
            : shared('store', node.target.kind === 'store' ? 'message store' : 'search index');
      if (node.kind === 'processor')
        nodes.set(place, { id: place, kind: 'processor', label: node.id, topology: plan.name });
      places.set(node.id, place);
      for (const edge of node.from) edges.push({ from: places.get(edge.node)!, to: place, label: edge.output ?? '' });
      if (node.kind === 'processor')
        for (const { name, table } of node.joins)
          edges.push({ from: places.get(table)!, to: place, label: `join ${name}` });
    }
  }
  return { nodes: [...nodes.values()], edges: merged(edges) };
}

/** Several ways between the same two places are one line with several names. */
function merged(edges: DrawnEdge[]): DrawnEdge[] {
  const byEnds = new Map<string, DrawnEdge>();
  for (const edge of edges) {
    const key = `${edge.from}\0${edge.to}`;
    const known = byEnds.get(key);
    if (!known) byEnds.set(key, { ...edge });
    else if (edge.label) known.label = known.label ? `${known.label}, ${edge.label}` : edge.label;
  }
  return [...byEnds.values()];
}

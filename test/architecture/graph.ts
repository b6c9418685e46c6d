/** Every node that can be reached, the starts among them. */
export const reachableFrom = (
  starts: ReadonlyArray<string>,
  edges: (node: string) => ReadonlyArray<string>,
): ReadonlySet<string> => {
  const seen = new Set(starts)
  const open = [...starts]
  for (let node = open.pop(); node !== undefined; node = open.pop())
    for (const next of edges(node))
      if (!seen.has(next)) {
        seen.add(next)
        open.push(next)
      }
  return seen
}

/** One cycle for each knot of nodes that reach each other, shortest first round from the first name. */
export const cyclesOf = (edges: ReadonlyMap<string, ReadonlyArray<string>>): ReadonlyArray<ReadonlyArray<string>> => {
  const cycles: Array<ReadonlyArray<string>> = []
  const told = new Set<string>()
  for (const start of [...edges.keys()].sort()) {
    if (told.has(start)) continue
    const cycle = shortestRound(start, edges)
    if (cycle === undefined) continue
    cycles.push(cycle)
    for (const node of cycle) told.add(node)
  }
  return cycles
}

/** The shortest way from a node back to itself, breadth first. */
const shortestRound = (
  start: string,
  edges: ReadonlyMap<string, ReadonlyArray<string>>,
): ReadonlyArray<string> | undefined => {
  const cameFrom = new Map<string, string>()
  let layer = [start]
  while (layer.length > 0) {
    const next: Array<string> = []
    for (const node of layer)
      for (const to of edges.get(node) ?? []) {
        if (to === start) return wayTo(node, start, cameFrom)
        if (cameFrom.has(to)) continue
        cameFrom.set(to, node)
        next.push(to)
      }
    layer = next
  }
  return undefined
}

const wayTo = (end: string, start: string, cameFrom: ReadonlyMap<string, string>): ReadonlyArray<string> => {
  const way = [end]
  for (let node = end; node !== start; ) {
    node = cameFrom.get(node) ?? start
    way.unshift(node)
  }
  return way
}

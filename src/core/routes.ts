/** A request as its route: ids in the path by what they are, so that lines of one route are alike. */
export const routeOf = ({ method, path }: { readonly method: string; readonly path: string }): string => {
  const route = path
    .replace(/\/[A-Z]{2}[0-9a-zA-Z]{32}(?=[/.]|$)/g, "/{sid}")
    .replace(/\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\/|$)/gi, "/{id}")
    .replace(/\/(?:\+|%2B)?\d{5,}(?=[/.]|$)/gi, "/{number}")
  return `${method} ${route.length > pathMax ? `${route.slice(0, pathMax)}…` : route}`
}
const pathMax = 200

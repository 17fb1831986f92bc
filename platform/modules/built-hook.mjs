// A hook for module.register: what has a build is imported from there.
let built = {};

export function initialize(data) {
  built = data;
}

export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  const url = built[found.url];
  return url ? { url, format: 'module', shortCircuit: true } : found;
}

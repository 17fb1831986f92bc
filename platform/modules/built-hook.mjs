// A hook for module.register: what has a build is imported from there, and TypeScript is always a module.
let built = {};

export function initialize(data) {
  built = data;
}

export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  const url = built[found.url];
  if (url) return { url, format: 'module', shortCircuit: true };
  // Processors are modules, also below a package.json that says nothing, or commonjs: what `npm init` writes.
  return /\.ts(\?|$)/.test(found.url) ? { ...found, format: 'module' } : found;
}

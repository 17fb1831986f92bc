// A reporter for node:test that tells of nothing but failures, each with its error: tests/stack.mjs shows them once more behind
// the output of its last run, where somebody who has only the end of a build's output finds them.

/** @param {AsyncIterable<import('node:test').TestEvent>} source */
export default async function* failures(source) {
  for await (const { type, data } of source) {
    // A suite fails because of its tests, which have told why.
    if (type !== 'test:fail' || data.details.error?.failureType === 'subtestsFailed') continue;
    const { cause } = data.details.error;
    yield `✖ ${data.name} (${data.file ?? 'no file'})\n${cause?.stack ?? cause ?? data.details.error.message}\n\n`;
  }
}

const shown = '***';
/** A shorter one would be found in texts that have nothing to do with it. */
const shortest = 4;

/** What must not be printed, in each form in which it may stand in a text. */
const hidden = new Set<string>();

/** From now on `hide` hides this secret, and the user's password where it is a URL. */
export function keepSecret(secret: string): void {
  for (const part of [secret, ...passwordsIn(secret)]) {
    if (part.length < shortest) continue;
    const json = JSON.stringify(part).slice(1, -1);
    for (const form of [part, json, encodeURIComponent(part)]) hidden.add(form);
  }
}

/** The text without any secret that settings have brought into this process. */
export function hide(text: string): string {
  let result = text;
  for (const form of hidden) if (result.includes(form)) result = result.replaceAll(form, shown);
  return result;
}

/** Of one URL or of several, separated by commas: as it stands there, as it is meant, and as a header says it. */
function passwordsIn(text: string): string[] {
  return [...text.matchAll(/:\/\/([^/?#@\s]*):([^/?#\s]*)@/g)].flatMap(([, user = '', password = '']) => {
    const [name, meant] = [decoded(user), decoded(password)];
    return [password, meant, Buffer.from(`${name}:${meant}`).toString('base64')];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not encoded: it stands there as it is meant.
    return text;
  }
}

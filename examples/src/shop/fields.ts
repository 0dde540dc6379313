/** JSON that is not what it should be. Whose fault that is, knows who has asked for it. */
export class Malformed extends Error {}

/** @throws Malformed if it is no text, or empty */
export function textField(json: unknown, key: string): string {
  const value = field(json, key);
  if (typeof value === 'string' && value !== '') return value;
  throw new Malformed(`${key}: expected text`);
}

/** @throws Malformed unless it is a whole number above 0 */
export function countField(json: unknown, key: string): number {
  const value = field(json, key);
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw new Malformed(`${key}: expected a whole number above 0`);
}

function field(json: unknown, key: string): unknown {
  const fields = new Map<string, unknown>(typeof json === 'object' && json !== null ? Object.entries(json) : []);
  return fields.get(key);
}

/** An answer: fields with zero, false or nothing in them may be left out by the server. */
export type JsonFields = Readonly<Record<string, unknown>>;

/** The value as an object's fields; none, if it is not one. */
export function fieldsOf(value: unknown): JsonFields {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

/** The value as a list of objects; none, if it is not one. */
export function objectsOf(value: unknown): readonly JsonFields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

/** A field with a list of objects. */
export function listOf(fields: JsonFields, name: string): readonly JsonFields[] {
  return objectsOf(fields[name]);
}

/** A field with a list of texts. */
export function textsOf(fields: JsonFields, name: string): readonly string[] {
  const list: unknown = fields[name];
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
}

/** A field with a text or a 64-bit number, which come as texts; empty, if it is left out. */
export function textOf(fields: JsonFields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

/** Undefined, if it is no JSON. */
export function parsed(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return undefined;
  }
}

/** Variables by name, such as `process.env`. Core reads no environment by itself. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The variable that holds a URL, which chooses the backend and gives options. */
export function urlVariable(prefix: string): string {
  return `${prefix}URL`;
}

/** The variable that holds the name of the backend, where no URL does. */
export function backendVariable(prefix: string): string {
  return `${prefix}BACKEND`;
}

/** What the variables of Rollcall's own test servers begin with. They are options of nothing. */
export const testVariables = 'ROLLCALL_TEST_';

/** The text of a variable. One that is empty counts as not set. */
export function setVariable(environment: Environment, name: string): string | undefined {
  const text = Object.hasOwn(environment, name) ? environment[name] : undefined;
  return text === '' ? undefined : text;
}

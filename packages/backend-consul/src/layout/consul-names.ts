/**
 * A name as Consul gets it: letters, digits, `-`, `_`, `:` and dots stay as they are, every other byte of its UTF-8 becomes `=` and two
 * hexadecimal digits, as does a dot at the beginning, since `.` and `..` mean something else in a path. Every name has one form (I1, I2).
 */
export function encodedName(name: string): string {
  if (plainName.test(name)) return name;
  const bytes = Array.from(Buffer.from(name), (byte, index) => encodedByte(byte, index === 0));
  return bytes.join('');
}

/** The name that this is the form of; undefined for a form that `encodedName` would never give. */
export function decodedName(form: string): string | undefined {
  if (plainName.test(form)) return form;
  const bytes = Buffer.from(
    form.replaceAll(/=([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  );
  const name = bytes.toString();
  return name !== '' && encodedName(name) === form ? name : undefined;
}

/** Whether a name's form is the name itself. */
export function isPlainName(name: string): boolean {
  return plainName.test(name);
}

const plainName = /^[\w:-][\w:.-]*$/;

const plainByte = /^[\w:.-]$/;

function encodedByte(byte: number, isFirst: boolean): string {
  const character = String.fromCharCode(byte);
  if (plainByte.test(character) && !(isFirst && character === '.')) return character;
  return `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

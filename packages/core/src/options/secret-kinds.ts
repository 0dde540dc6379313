import { kindOf, pathError } from '../instance/field-error.ts';
import { readObject } from '../instance/plain-data.ts';
import { hasControlCharacter } from '../instance/unicode.ts';
import { Secret } from './secret.ts';
import type { CheckContext, TextOrigin, ValueKind } from './value-kind.ts';

/** A secret in an object: the text itself, or where it is. The text is no reference: what begins with `env:` or `file:` is refused. */
export type SecretOption = string | { readonly env: string } | { readonly file: string };

/** A password or a token: any text in one line. */
export function secret(): ValueKind<SecretOption, Secret> {
  return secretKind('secret', (text) =>
    hasControlCharacter(text) ? 'a secret without control characters' : undefined,
  );
}

/** Certificates or a key in PEM. A path alone is refused: it is written `file:/etc/ca.pem`, or `{ file: '/etc/ca.pem' }` in an object. */
export function pem(): ValueKind<SecretOption, Secret> {
  return secretKind('PEM', (text) =>
    text.includes('-----BEGIN ') ? undefined : 'PEM text, or a reference such as file:/path',
  );
}

/** @param faultOf what was expected, if the text cannot be right */
function secretKind(type: string, faultOf: (text: string) => string | undefined): ValueKind<SecretOption, Secret> {
  return {
    type,
    isSecret: true,
    check(value, path, context) {
      if (typeof value === 'string') return literal(value, path, faultOf);
      if (typeof value !== 'object' || value === null) throw unlike(path, `the text, { env } or { file }`, value);
      return referred(value, path, context);
    },
    fromText: referenceOrText,
  };
}

function literal(text: string, path: string, faultOf: (text: string) => string | undefined): Secret {
  if (text === '') throw pathError(path, 'expected at least one character, got ""');
  if (isReference(text))
    throw pathError(
      path,
      "a text that begins with env: or file: is no reference here; write { env: 'NAME' } or { file: '/path' }",
    );
  const wanted = faultOf(text);
  if (wanted !== undefined) throw unlike(path, wanted, text);
  return new Secret({ text });
}

function referred(value: object, path: string, context: CheckContext): Secret {
  const fields = readObject(value, path, 'a reference to a secret', ['env', 'file']);
  const env = fields.get('env');
  const file = fields.get('file');
  if ((env === undefined) === (file === undefined)) throw pathError(path, 'expected either env or file');
  return env === undefined ? new Secret({ file: fileName(file, path) }) : variable(env, path, context);
}

function fileName(file: unknown, path: string): string {
  if (typeof file === 'string' && file !== '' && !hasControlCharacter(file)) return file;
  throw unlike(path, 'the path of a file', file);
}

function variable(name: unknown, path: string, { env }: CheckContext): Secret {
  if (typeof name !== 'string' || !/^[A-Z_]\w*$/i.test(name)) throw unlike(path, 'the name of a variable', name);
  if (env !== undefined && (env(name) ?? '') === '')
    throw pathError(path, `the environment variable ${name} is not set`);
  return new Secret({ env: name });
}

/** A URL is logged and shown in lists of processes, so it holds references only (E2). */
function referenceOrText(text: string, path: string, origin: TextOrigin): unknown {
  if (text.startsWith('env:')) return { env: text.slice('env:'.length) };
  if (text.startsWith('file:')) return { file: text.slice('file:'.length).replace(/^\/\/(?=\/)/, '') };
  if (origin === 'environment') return text;
  throw pathError(path, 'expected a reference, env:NAME or file:/path, got something else (not shown)');
}

function isReference(text: string): boolean {
  return text.startsWith('env:') || text.startsWith('file:');
}

/** Without a trace of what came: it may be the secret (E2). */
function unlike(path: string, wanted: string, value: unknown): TypeError {
  return pathError(path, `expected ${wanted}, got ${kindOf(value)} (not shown)`);
}

import { fieldError } from '@rollcall/core/driver';

/**
 * A key prefix, without the slashes at its end: it begins with a slash and has something behind it.
 * @throws TypeError that names `path` (I6)
 */
export function etcdPrefix(text: string, path: string): string {
  const prefix = text.replace(/\/+$/, '');
  if (prefix.startsWith('/') && prefix !== '') return prefix;
  throw fieldError(path, 'a prefix that begins with a slash and goes on behind it, such as /rollcall', text);
}

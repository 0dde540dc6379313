import { fieldError } from '@rollcall/core/driver';
import { isPlainName } from '../layout/consul-names.ts';

const maxLength = 64;

/** What Consul's names begin with, as it stands in them. @throws TypeError that names `path` (I6) */
export function consulPrefix(text: string, path: string): string {
  if (isPlainName(text) && text.length <= maxLength) return text;
  throw fieldError(path, `at most ${maxLength} letters, digits, - _ : and dots, a dot not at the beginning`, text);
}

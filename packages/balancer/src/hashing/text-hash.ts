/** Mixes all bits of a 32-bit number into all others (the finaliser of MurmurHash3). A bijection; signed, as larger numbers would be objects. */
export function mixed(bits: number): number {
  let hash = bits;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35);
  return hash ^ (hash >>> 16);
}

/**
 * A 32-bit hash, signed, of the UTF-16 code units of `text`: FNV-1a, then mixed, since its upper bits alone are poor. It is the same in every
 * process and every version: callers that hash alike choose alike.
 */
export function textHash(text: string, seed: number = 0): number {
  let hash = 0x81_1c_9d_c5 ^ seed;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01_00_01_93);
  return mixed(hash);
}

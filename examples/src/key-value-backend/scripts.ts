import type { Script } from './store/key-value-connection.ts';
import type { KeyAndValue } from './store/key-value-store.ts';

/** What a script found under its key before it did anything. `undefined`: nothing, which in Lua is `false`. */
export type Found = string | undefined;

/**
 * R3: takes the key, whoever has it, in one step.
 *
 *     SET <key> <value> PX <px>
 */
export function put(key: string, value: string, px: number): Script<void> {
  return (store) => store.set(key, value, px);
}

/**
 * R4: takes the key only from what was found there before. From nothing, that is `SET <key> <value> NX PX <px>`.
 *
 *     local found = redis.call('GET', KEYS[1])
 *     if (found or '') == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
 *     return found
 */
export function putInPlaceOf(expected: Found, key: string, value: string, px: number): Script<Found> {
  return (store) => {
    const found = store.get(key);
    if (found === expected) store.set(key, value, px);
    return found;
  };
}

/**
 * R5: compare and set. Rewrites the key in place, with the time it has left, if one of `expected` stands there.
 *
 *     local found = redis.call('GET', KEYS[1])
 *     for i = 2, #ARGV do
 *       if found == ARGV[i] then redis.call('SET', KEYS[1], ARGV[1], 'KEEPTTL') end
 *     end
 *     return found
 */
export function rewrite(expected: readonly string[], key: string, value: string): Script<Found> {
  return whileExpected(expected, key, (store) => store.set(key, value, 'KEEPTTL'));
}

/** L6: compare and expire. As `rewrite`, with `redis.call('PEXPIRE', KEYS[1], ARGV[1])`. */
export function extend(expected: readonly string[], key: string, px: number): Script<Found> {
  return whileExpected(expected, key, (store) => store.pexpire(key, px));
}

/** R3: compare and delete. As `rewrite`, with `redis.call('DEL', KEYS[1])`. */
export function remove(expected: readonly string[], key: string): Script<Found> {
  return whileExpected(expected, key, (store) => store.del(key));
}

/**
 * W2: everything below a prefix at one moment. `SCAN` from a client is many steps, between which others write.
 *
 *     local cursor, found = '0', {}
 *     repeat
 *       local page = redis.call('SCAN', cursor, 'MATCH', ARGV[1], 'COUNT', 1000)
 *       cursor = page[1]
 *       for _, key in ipairs(page[2]) do found[key] = redis.call('GET', key) end
 *     until cursor == '0'
 *     return cjson.encode(found)
 */
export function readBelow(prefix: string): Script<readonly KeyAndValue[]> {
  return (store) => store.scan(prefix);
}

function whileExpected(expected: readonly string[], key: string, act: Script<void>): Script<Found> {
  return (store) => {
    const found = store.get(key);
    if (found !== undefined && expected.includes(found)) act(store);
    return found;
  };
}

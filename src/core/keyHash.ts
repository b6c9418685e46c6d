/** What of a key is hashed: its end, which is where SIDs and numbers differ. */
const hashedCharacters = 16

/** 32 bits for a key, for tables in memory. Other keys may have the same. */
export const keyHash = (key: string): number => {
  let hash = key.length
  for (let i = Math.max(0, key.length - hashedCharacters); i < key.length; i++)
    hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  // Nearby keys differ in a few bits of it: they are spread over all of them.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39)
  return hash ^ (hash >>> 15)
}

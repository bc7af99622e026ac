/** A name for one send that no other send has. */
export function newClientId(): string {
  // `randomUUID` is missing on plain-HTTP pages, which test shops in a local network are.
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

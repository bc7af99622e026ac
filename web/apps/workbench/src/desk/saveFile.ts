/** Give a file to the browser's downloads. */
export function saveFile(data: Blob, name: string): void {
  const address = URL.createObjectURL(data)
  Object.assign(document.createElement('a'), { href: address, download: name }).click()
  URL.revokeObjectURL(address)
}

// @vitest-environment node
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'

const BUILT = fileURLToPath(new URL('../../../../src/xiaoer/web_dist/widget/widget.js', import.meta.url))
/** A shop's page pays for this on every first visit. */
const LIMIT_BYTES = 60_000

describe.runIf(existsSync(BUILT))('the built widget', () => {
  it('is at most 60 kB gzipped, everything included', () => {
    expect(gzipSync(readFileSync(BUILT), { level: 9 }).length).toBeLessThanOrEqual(LIMIT_BYTES)
  })
})

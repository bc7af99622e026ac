/** Errors of the API: RFC 9457 problem documents with the extra member `code`. */

/** What stands against a change: a golden question that it breaks, with the approved words and the new ones. */
export interface Against {
  id: string
  question: string
  failure: string
  /** Empty where more breaks than the words. */
  before: string
  after: string
}

export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    /** The same in Chinese, where the server has words for it. */
    readonly told = '',
    readonly against: Against[] = [],
  ) {
    super(detail)
    this.name = 'ApiProblem'
  }
}

/** Golden questions would be answered wrongly after the change. */
export const GOLDEN_BROKEN = 'golden_broken'

/** The server could not be reached at all. */
export const UNREACHABLE = 'unreachable'

export async function readProblem(response: Response): Promise<ApiProblem> {
  let code = `http_${response.status}`
  let detail = ''
  let told = ''
  let against: Against[] = []
  try {
    const body = (await response.json()) as { code?: unknown; detail?: unknown; title?: unknown; told?: unknown; against?: unknown }
    if (typeof body.code === 'string') code = body.code
    if (typeof body.told === 'string') told = body.told
    if (Array.isArray(body.against)) against = body.against as Against[]
    if (typeof body.detail === 'string') detail = body.detail
    else if (typeof body.title === 'string') detail = body.title
  } catch {
    // A proxy in between may answer with a page instead of a problem document.
  }
  return new ApiProblem(response.status, code, detail, told, against)
}

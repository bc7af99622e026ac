/** What the server says of the shop's systems; see `/api/docs`. */

export interface SettingField {
  name: string
  title: string
  secret: boolean
  /** Null means that it must be given. */
  default: string | null
}

export interface Connector {
  name: string
  title: string
  kind: string
  ports: string[]
  settings: SettingField[]
  verified: string
  takes_pushes: boolean
}

export interface SystemRow {
  id: string
  connector: string
  title: string
  ports: string[]
  settings: Record<string, string>
  enabled: boolean
  push_path: string
  /** Known once the access token was renewed. */
  token_ends_at: string | null
  /** The platform’s code when the shop must authorise anew. */
  token_refused: string
}

export interface Systems {
  connectors: Connector[]
  items: SystemRow[]
}

export const SYSTEMS = '/api/v1/systems'

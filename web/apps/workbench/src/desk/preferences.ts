/** How this person likes the desk. */

import { defineStore } from 'pinia'
import type { Sorting } from './rows'
import { useKept } from './kept'

export type SideTab = 'buyer' | 'orders' | 'products' | 'offers' | 'canned' | 'knowledge' | 'tickets'

export const usePreferences = defineStore('preferences', () => ({
  sound: useKept('sound', true),
  sorting: useKept<Sorting>('sorting', 'waiting'),
  showsList: useKept('list', true),
  showsSide: useKept('side', true),
  listWidth: useKept('listWidth', 280),
  sideWidth: useKept('sideWidth', 340),
  tab: useKept<SideTab>('tab', 'buyer'),
  pinned: useKept<string[]>('pinned', []),
  folded: useKept<string[]>('folded', ['others', 'recent']),
}))
